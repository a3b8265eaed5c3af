#include "dataplane/sa/policy_table.h"

#include <algorithm>
#include <bit>

namespace esplane::dataplane {
namespace {

/// Of the smallest prefix that holds the whole range.
std::uint8_t common_length(const TrafficSelector& range) {
    const ByteView first = range.first.octets();
    const ByteView last = range.last.octets();
    for (std::size_t i = 0; i < first.size(); ++i) {
        const auto differing = static_cast<std::uint8_t>(first[i] ^ last[i]);
        if (differing != 0)
            return static_cast<std::uint8_t>(i * 8 + static_cast<std::size_t>(std::countl_zero(differing)));
    }
    return static_cast<std::uint8_t>(first.size() * 8);
}

bool any_matches(const std::vector<TrafficSelector>& selectors, const IpAddress& address, const InnerPacket& packet,
                 std::uint16_t port) {
    return std::any_of(selectors.begin(), selectors.end(),
                       [&](const TrafficSelector& selector) { return matches(selector, address, packet, port); });
}

}  // namespace

bool matches(const TrafficSelector& selector, const IpAddress& address, const InnerPacket& packet, std::uint16_t port) {
    if (address < selector.first || selector.last < address) return false;
    if (selector.protocol != 0 && selector.protocol != packet.protocol) return false;
    if (selector.any_port()) return true;
    return packet.has_ports && selector.first_port <= port && port <= selector.last_port;
}

bool matches_outbound(const SelectorPair& selectors, const InnerPacket& packet) {
    return any_matches(selectors.local, packet.source, packet, packet.source_port) &&
           any_matches(selectors.remote, packet.destination, packet, packet.destination_port);
}

bool matches_inbound(const SelectorPair& selectors, const InnerPacket& packet) {
    return any_matches(selectors.remote, packet.source, packet, packet.source_port) &&
           any_matches(selectors.local, packet.destination, packet, packet.destination_port);
}

void PolicyTable::add(TunnelState* tunnel) {
    for (const TrafficSelector& remote : tunnel->policy.selectors.remote)
        table_for(remote).add(tunnel->policy.port, remote.first, tunnel);
}

void PolicyTable::remove(TunnelState* tunnel) {
    for (const TrafficSelector& remote : tunnel->policy.selectors.remote)
        table_for(remote).remove(tunnel->policy.port, remote.first, tunnel);
    for (ByLength* family : {&ipv4_, &ipv6_})
        std::erase_if(*family, [](const NetworkTable& table) { return table.empty(); });
}

NetworkTable& PolicyTable::table_for(const TrafficSelector& remote) {
    const std::uint8_t length = common_length(remote);
    ByLength& tables = of(remote.first.family());
    const auto at = std::find_if(tables.begin(), tables.end(),
                                 [&](const NetworkTable& table) { return table.prefix_length() <= length; });
    if (at != tables.end() && at->prefix_length() == length) return *at;
    return *tables.emplace(at, length);
}

TunnelState* PolicyTable::find(ClearPort port, const InnerPacket& packet) const {
    for (const NetworkTable& table : of(packet.destination.family())) {
        TunnelState* const tunnel = table.find(port, packet.destination, [&](const TunnelState& candidate) {
            return matches_outbound(candidate.policy.selectors, packet);
        });
        if (tunnel != nullptr) return tunnel;
    }
    return nullptr;
}

}  // namespace esplane::dataplane
