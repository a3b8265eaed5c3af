#include "dataplane/dpdk/link_headers.h"

#include <algorithm>

namespace esplane::dataplane {

LinkHeaders::Way LinkHeaders::make(const IpAddress& destination) const {
    const auto has_it = [&](const PortSetup& port) { return port.has(destination); };
    if (std::any_of(links_.setups.begin(), links_.setups.end(), has_it)) return {.is_own = true};
    const auto hop = links_.hops.to_host(destination);
    if (!hop) return {};
    const auto mac = links_.neighbours.find(hop->port, hop->address);
    const PortSetup& port = links_.setup(hop->port);
    Way way{.hop = *hop, .exists = true, .has_mac = mac.has_value(), .mtu_bytes = port.mtu_bytes};
    const std::uint16_t type = destination.family() == Family::kIpv4 ? kEtherTypeIpv4 : kEtherTypeIpv6;
    way.length = static_cast<std::uint8_t>(
        write_ethernet({.destination = mac.value_or(MacAddress{}), .source = port.mac, .type = type, .vlan = port.vlan},
                       way.octets.data()));
    std::rotate(way.octets.begin(), way.octets.begin() + way.length, way.octets.end());
    return way;
}

}  // namespace esplane::dataplane
