#include "dataplane/packet/path_mtu.h"

namespace esplane::dataplane {

bool PathMtu::lower(std::uint32_t reported_bytes, Family outer, TimePoint now) {
    wear_off(now);
    // RFC 8201 4: a report below the least MTU MUST be discarded. IPv4 has links that small, and routers from before
    // RFC 1191 report 0; packets of 576 are fragmented there.
    if (outer == Family::kIpv6 && reported_bytes < kLeastPathMtuIpv6) return false;
    const std::uint32_t floor = outer == Family::kIpv4 ? kLeastPathMtuIpv4 : kLeastPathMtuIpv6;
    const std::uint32_t lowered = std::max(reported_bytes, floor);
    if (lowered >= bytes()) return false;
    lowered_ = lowered;
    lowered_at_ = now;
    return true;
}

bool PathMtu::wear_off(TimePoint now) {
    if (!lowered_at_ || now - *lowered_at_ < kAge) return false;
    const std::uint32_t before = bytes();
    lowered_at_.reset();
    return bytes() > before;
}

}  // namespace esplane::dataplane
