// A way off a port: what all packets to one next hop have in common.
#pragma once

#include "dataplane/dpdk/links.h"
#include "dataplane/link/link_header.h"

namespace esplane::dataplane {

struct LinkWay {
    NextHop hop;
    bool exists = false;   ///< else nothing leads there
    bool has_mac = false;  ///< else `header` lacks its destination
    std::uint32_t mtu_bytes = 0;
    LinkHeader header;
};

/// As the neighbours are now.
LinkWay way_to(const Links& links, const NextHop& hop);

}  // namespace esplane::dataplane
