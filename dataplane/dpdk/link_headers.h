// Headers of plain packets to hosts of the clear side.
#pragma once

#include "dataplane/dpdk/frame_cache.h"
#include "dataplane/dpdk/link_way.h"

namespace esplane::dataplane {

class LinkHeaders {
  public:
    struct Way {
        LinkWay link;         ///< exists, if a clear port has the destination on its link, or a gateway
        bool is_own = false;  ///< it is an address of the gateway's
    };

    /// `links` must outlive it.
    explicit LinkHeaders(const Links& links) : links_(links), ways_(links.neighbours) {}

    const Way& find(const IpAddress& destination) {
        return ways_.find(destination, [&] { return make(destination); });
    }
    void grow_old() { ways_.grow_old(); }

  private:
    Way make(const IpAddress& destination) const;

    const Links& links_;
    FrameCache<IpAddress, Way, 12> ways_;
};

}  // namespace esplane::dataplane
