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

/// A number whose bits differ as addresses do.
inline std::uint64_t mix(const IpAddress& address) {
    return address.high() ^ address.high() >> 32 ^ address.low();
}

/// Which of 2^`bits` places a mix belongs to. Fibonacci hashing: its high bits depend on all of the mix's.
inline std::size_t place_of(std::uint64_t mixed, unsigned bits) {
    return mixed * 0x9e3779b97f4a7c15ULL >> (64 - bits);
}

}  // namespace esplane::dataplane
