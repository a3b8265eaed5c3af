#include "dataplane/sa/policy_table.h"

#include <algorithm>
#include <array>
#include <bit>

namespace esplane::dataplane {
namespace {

/// The address with all behind `length` bits cleared.
IpAddress network_of(const IpAddress& address, std::uint8_t length) {
    std::array<std::uint8_t, 16> octets{};
    const std::size_t whole = length / 8U;
    std::copy_n(address.octets().begin(), whole, octets.begin());
    if (length % 8 != 0) {
        octets[whole] = static_cast<std::uint8_t>(address.octets()[whole] & (0xff00 >> length % 8));
    }
    return *IpAddress::from_octets({octets.data(), address.octets().size()});
}

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

std::size_t PolicyTable::Hash::operator()(const Key& key) const {
    std::uint64_t mixed = to_number(key.port) + 1U;
    for (const std::uint8_t octet : key.network.octets())
        mixed = (mixed ^ octet) * 0x100000001b3ULL;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}

void PolicyTable::add(TunnelState* tunnel) {
    for (const TrafficSelector& remote : tunnel->policy.selectors.remote) {
        const std::uint8_t length = common_length(remote);
        auto& candidates = of(remote.first.family())[length][{tunnel->policy.port, network_of(remote.first, length)}];
        if (std::find(candidates.begin(), candidates.end(), tunnel) == candidates.end()) candidates.push_back(tunnel);
    }
}

void PolicyTable::remove(TunnelState* tunnel) {
    for (ByLength* family : {&ipv4_, &ipv6_}) {
        for (auto& [length, networks] : *family) {
            for (auto& [key, candidates] : networks)
                std::erase(candidates, tunnel);
            std::erase_if(networks, [](const auto& entry) { return entry.second.empty(); });
        }
        std::erase_if(*family, [](const auto& entry) { return entry.second.empty(); });
    }
}

TunnelState* PolicyTable::find(ClearPort port, const InnerPacket& packet) const {
    for (const auto& [length, networks] : of(packet.destination.family())) {
        const auto found = networks.find({port, network_of(packet.destination, length)});
        if (found == networks.end()) continue;
        for (TunnelState* tunnel : found->second) {
            if (matches_outbound(tunnel->policy.selectors, packet)) return tunnel;
        }
    }
    return nullptr;
}

}  // namespace esplane::dataplane
