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

}  // namespace

void PolicyTable::add(TunnelState* tunnel) {
    count_ += tunnel->policies.size();
    for (Policy& policy : tunnel->policies) {
        for (const TrafficSelector& remote : policy.selectors->remote)
            table_for(remote).add(tunnel->policy.port, remote.first, &policy);
    }
}

void PolicyTable::remove(TunnelState* tunnel) {
    count_ -= tunnel->policies.size();
    for (Policy& policy : tunnel->policies) {
        for (const TrafficSelector& remote : policy.selectors->remote)
            table_for(remote).remove(tunnel->policy.port, remote.first, &policy);
    }
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

Policy* PolicyTable::find(ClearPort port, const InnerPacket& packet) const {
    for (const NetworkTable& table : of(packet.destination.family())) {
        Policy* const policy = table.find(port, packet.destination,
                                          [&](const Policy& candidate) { return candidate.matches_out(packet); });
        if (policy != nullptr) return policy;
    }
    return nullptr;
}

}  // namespace esplane::dataplane
