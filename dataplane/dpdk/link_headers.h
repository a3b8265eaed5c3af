// Headers of plain packets to hosts of the clear side.
#pragma once

#include "dataplane/dpdk/frame_cache.h"
#include "dataplane/dpdk/links.h"
#include "dataplane/link/link_header.h"

namespace esplane::dataplane {

class LinkHeaders {
  public:
    struct Way {
        NextHop hop;
        bool is_own = false;   ///< it is an address of the gateway's
        bool exists = false;   ///< a clear port has the destination on its link, or a gateway
        bool has_mac = false;  ///< else the header lacks its destination
        std::uint32_t mtu_bytes = 0;
        LinkHeader header;
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
