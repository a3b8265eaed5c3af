// Stage 1, outbound: the packet's policy, and so its tunnel; its CHILD_SA is what that policy sends on. Fails closed:
// what fits no policy, or a tunnel that is down, goes nowhere.
#pragma once

#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

template <typename Wanted>
void policy_lookup(OutboundBatch& batch, const PolicyTable& policies, DropCounters& drops, Wanted wanted) {
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        if (!parse_inner(packet.received->octets, packet.inner)) return DropReason::kMalformedInner;
        Policy* const policy = policies.find(packet.received->port, packet.inner);
        if (policy == nullptr) return DropReason::kNoPolicy;
        packet.tunnel = policy->tunnel;
        packet.child = policy->sending;
        if (packet.child == nullptr) {
            wanted(*policy);
            return DropReason::kNoSa;
        }
        // The peer may have narrowed what the policy says (RFC 7296 2.9).
        if (packet.child->narrowed && !matches_outbound(packet.child->selectors, packet.inner))
            return DropReason::kOutsideSelectors;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
