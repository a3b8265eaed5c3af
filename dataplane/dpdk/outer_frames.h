// Headers of packets to peers.
#pragma once

#include "dataplane/dpdk/frame_cache.h"
#include "dataplane/dpdk/links.h"
#include "dataplane/link/outer_frame.h"

namespace esplane::dataplane {

class OuterFrames {
  public:
    struct Way {
        NextHop hop;
        bool exists = false;   ///< a port has the local address, and a next hop
        bool has_mac = false;  ///< else `frame` lacks its destination
        OuterFrame frame;
    };

    /// `links` must outlive it.
    explicit OuterFrames(const Links& links) : links_(links), ways_(links.neighbours) {}

    const Way& find(const Path& outer, Encapsulation encapsulation) {
        return ways_.find(Sought{outer, encapsulation}, [&] { return make(outer, encapsulation); });
    }
    void grow_old() { ways_.grow_old(); }

  private:
    struct Sought {
        const Path& outer;
        Encapsulation encapsulation;

        friend std::uint64_t mix(const Sought& sought) {
            return mix(sought.outer.remote.address) ^ mix(sought.outer.local.address) >> 7 ^ sought.outer.remote.port;
        }
    };
    struct Key {
        Key() = default;
        explicit Key(const Sought& sought) : outer(sought.outer), encapsulation(sought.encapsulation) {}

        Path outer;
        Encapsulation encapsulation = Encapsulation::kNone;

        friend bool operator==(const Key& key, const Sought& sought) {
            return key.encapsulation == sought.encapsulation && key.outer == sought.outer;
        }
    };

    Way make(const Path& outer, Encapsulation encapsulation) const;

    const Links& links_;
    FrameCache<Key, Way, 10> ways_;
};

}  // namespace esplane::dataplane
