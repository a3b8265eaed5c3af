// Stage 1, outbound: the packet's policy, and so its tunnel; its CHILD_SA is what that policy sends on. Fails closed:
// what fits no policy, or a tunnel that is down, goes nowhere.
#pragma once

#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

template <typename Wanted>
void policy_lookup(OutboundBatch& batch, const PolicyTable& policies, Turn turn, DropCounters& drops, Wanted wanted) {
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        const ByteView octets = packet.received->head();
        if (const SegmentHeaders* const segment = packet.received->headers)
            packet.inner = segment->inner;
        else if (!parse_inner(octets, packet.inner))
            return DropReason::kMalformedInner;
        // Which tunnel a fragment belongs to is not known yet, but where it came from is.
        const std::uint32_t scope = to_number(packet.received->port);
        if (!packet.inner.is_whole) [[unlikely]]
            turn.fragments.complete(packet.inner, octets, scope, turn.now);
        Policy* const policy = policies.find(packet.received->port, packet.inner);
        if (policy == nullptr) return DropReason::kNoPolicy;
        packet.tunnel = policy->tunnel;
        packet.child = policy->sending;
        if (packet.child == nullptr) [[unlikely]] {
            if (!packet.tunnel->elsewhere) {
                wanted(*policy);
                return DropReason::kNoSa;
            }
        } else if (packet.child->narrowed && !matches_outbound(packet.child->selectors, packet.inner)) {
            // The peer may have narrowed what the policy says (RFC 7296 2.9).
            return DropReason::kOutsideSelectors;
        }
        if (!packet.inner.is_whole) [[unlikely]]
            turn.fragments.remember(packet.inner, octets, scope, turn.now);
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
