// Stage 1, outbound: the packet's policy, and so its tunnel; its CHILD_SA is what that policy sends on. Fails closed:
// what fits no policy, or a tunnel that is down, goes nowhere.
#pragma once

#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

inline bool read_headers(OutboundPacket& packet) {
    const SegmentHeaders* const segment = packet.received->headers;
    if (segment == nullptr) return parse_inner(packet.received->octets, packet.inner);
    packet.inner = segment->inner;
    return true;
}

/// The peer may have narrowed what the policy says (RFC 7296 2.9).
inline Verdict is_negotiated(const OutboundPacket& packet) {
    const ChildSa* const child = packet.child;
    if (child == nullptr || !child->out.narrowed || matches_outbound(child->selectors, packet.inner))
        return std::nullopt;
    return DropReason::kOutsideSelectors;
}

template <typename Wanted>
void policy_lookup(OutboundBatch& batch, const PolicyTable& policies, Turn turn, DropCounters& drops, Wanted wanted) {
    const ChildSa* fetched = nullptr;
    const auto fetch_child = [&](const ChildSa* child) {
        if (child == fetched || child == nullptr) return;
        child->prefetch_out();
        fetched = child;
    };
    const bool is_large = policies.is_large();
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        if (!read_headers(packet)) return DropReason::kMalformedInner;
        if (is_large) policies.prefetch_entries(packet.received->port, packet.inner);
        return std::nullopt;
    });
    if (is_large) {
        for (const OutboundPacket& packet : batch.packets())
            policies.prefetch_policies(packet.received->port, packet.inner);
    }
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        const ByteView octets = packet.received->head();
        // Which tunnel a fragment belongs to is not known yet, but where it came from is.
        const std::uint32_t scope = to_number(packet.received->port);
        if (!packet.inner.is_whole) [[unlikely]]
            turn.fragments.complete(packet.inner, octets, scope, turn.now);
        Policy* const policy = policies.find(packet.received->port, packet.inner);
        if (policy == nullptr) return DropReason::kNoPolicy;
        packet.tunnel = policy->tunnel;
        packet.child = policy->sending;
        fetch_child(packet.child);
        if (packet.child == nullptr) [[unlikely]] {
            if (!packet.tunnel->elsewhere) {
                wanted(*policy);
                return DropReason::kNoSa;
            }
        }
        if (!packet.inner.is_whole) [[unlikely]]
            turn.fragments.remember(packet.inner, octets, scope, turn.now);
        return std::nullopt;
    });
    batch.keep(drops, is_negotiated);
}

}  // namespace esplane::dataplane
