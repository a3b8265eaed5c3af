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
    const std::uint16_t type = destination.family() == Family::kIpv4 ? kEtherTypeIpv4 : kEtherTypeIpv6;
    return {.hop = *hop,
            .exists = true,
            .has_mac = mac.has_value(),
            .mtu_bytes = port.mtu_bytes,
            .header = LinkHeader(
                {.destination = mac.value_or(MacAddress{}), .source = port.mac, .type = type, .vlan = port.vlan})};
}

}  // namespace esplane::dataplane
