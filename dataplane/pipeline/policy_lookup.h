// Stage 1, outbound: the packet's tunnel by policy, its CHILD_SA by what the tunnel sends on. Fails closed: what fits
// no policy, or a tunnel that is down, goes nowhere.
#pragma once

#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

template <typename Wanted>
void policy_lookup(OutboundBatch& batch, const PolicyTable& policies, DropCounters& drops, Wanted wanted) {
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        if (!parse_inner(packet.received->octets, packet.inner)) return DropReason::kMalformedInner;
        packet.tunnel = policies.find(packet.received->port, packet.inner);
        if (packet.tunnel == nullptr) return DropReason::kNoPolicy;
        packet.child = packet.tunnel->sending;
        if (packet.child == nullptr) {
            wanted(*packet.tunnel);
            return DropReason::kNoSa;
        }
        // The peer may have narrowed what the policy says (RFC 7296 2.9).
        if (packet.child->narrowed && !matches_outbound(packet.child->selectors, packet.inner))
            return DropReason::kOutsideSelectors;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
