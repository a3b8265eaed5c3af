#include "dataplane/dpdk/link_way.h"

namespace esplane::dataplane {

LinkWay way_to(const Links& links, const NextHop& hop) {
    const auto mac = links.neighbours.find(hop.port, hop.address);
    const PortSetup& port = links.setup(hop.port);
    const std::uint16_t type = hop.address.family() == Family::kIpv4 ? kEtherTypeIpv4 : kEtherTypeIpv6;
    return {.hop = hop,
            .exists = true,
            .has_mac = mac.has_value(),
            .mtu_bytes = port.mtu_bytes,
            .header = LinkHeader(
                {.destination = mac.value_or(MacAddress{}), .source = port.mac, .type = type, .vlan = port.vlan})};
}

}  // namespace esplane::dataplane
