#include "dataplane/packet/path_mtu.h"

namespace esplane::dataplane {

bool PathMtu::lower(std::uint32_t reported_bytes, TimePoint now) {
    // RFC 8201 4: a report below the least MTU MUST be discarded. IPv4 has links that small, and routers from before
    // RFC 1191 report 0; packets of 576 are fragmented there.
    if (outer_ == Family::kIpv6 && reported_bytes < kLeastPathMtuIpv6) return false;
    const std::uint32_t floor = outer_ == Family::kIpv4 ? kLeastPathMtuIpv4 : kLeastPathMtuIpv6;
    const std::uint32_t lowered = std::max(reported_bytes, floor);
    if (lowered >= bytes(now)) return false;
    lowered_ = lowered;
    lowered_at_ = now;
    return true;
}

}  // namespace esplane::dataplane
