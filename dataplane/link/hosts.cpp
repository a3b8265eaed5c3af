#include "dataplane/link/hosts.h"

#include <algorithm>

namespace esplane::dataplane {

bool is_near(const PortAddress& own, const IpAddress& other) {
    return own.address.family() == other.family() &&
           Prefix{own.address, own.prefix_length}.last() == Prefix{other, own.prefix_length}.last();
}

bool is_ours(const IpAddress& address, std::span<const PortAddress> ours) {
    return std::any_of(ours.begin(), ours.end(), [&](const PortAddress& own) { return own.address == address; });
}

bool is_directed_broadcast(const IpAddress& address, std::span<const PortAddress> ours) {
    return std::any_of(ours.begin(), ours.end(), [&](const PortAddress& own) {
        if (own.address.family() != address.family() || own.prefix_length > 30) return false;
        return Prefix{own.address, own.prefix_length}.last() == address;
    });
}

bool is_another_host(const IpAddress& source, std::span<const PortAddress> ours) {
    if (is_ours(source, ours)) return false;
    const std::uint8_t first = source.octets()[0];
    if (source.family() == Family::kIpv6) return first != 0xff && (source.high() != 0 || source.low() > 1);
    return first != 0 && first != 127 && first < 224 && !is_directed_broadcast(source, ours);
}

}  // namespace esplane::dataplane
