// Whether a packet lies within traffic selectors (RFC 4301 4.4.1). Inline: each packet is asked twice or more.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/packet/inner_packet.h"
#include "dataplane/sa/selector.h"

namespace esplane::dataplane {

/// Whether a packet's end lies in a selector. `port` counts only if the packet has ports.
inline bool matches(const TrafficSelector& selector, const IpAddress& address, const InnerPacket& packet,
                    std::uint16_t port) {
    if (address < selector.first || selector.last < address) return false;
    if (selector.protocol != 0 && selector.protocol != packet.protocol) return false;
    if (selector.any_port()) return true;
    return packet.has_ports && selector.first_port <= port && port <= selector.last_port;
}

inline bool any_matches(const std::vector<TrafficSelector>& selectors, const IpAddress& address,
                        const InnerPacket& packet, std::uint16_t port) {
    for (const TrafficSelector& selector : selectors) {
        if (matches(selector, address, packet, port)) return true;
    }
    return false;
}

/// Out: source in `local` and destination in `remote`.
inline bool matches_outbound(const SelectorPair& selectors, const InnerPacket& packet) {
    return any_matches(selectors.local, packet.source, packet, packet.source_port) &&
           any_matches(selectors.remote, packet.destination, packet, packet.destination_port);
}

/// In: the other way round.
inline bool matches_inbound(const SelectorPair& selectors, const InnerPacket& packet) {
    return any_matches(selectors.remote, packet.source, packet, packet.source_port) &&
           any_matches(selectors.local, packet.destination, packet, packet.destination_port);
}

}  // namespace esplane::dataplane
