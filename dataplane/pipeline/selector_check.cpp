// Stage 6, inbound: RFC 4301 5.2 step 4. The peer is held to the selectors of the very SA that the packet came by.
#include "dataplane/pipeline/inbound.h"
#include "dataplane/sa/selector_match.h"

namespace esplane::dataplane {
namespace {

ByteView inner_octets(const InboundPacket& packet) {
    return {packet.slot.octets, packet.slot.length};
}

bool allows(const ChildSa& child, const InnerPacket& inner) {
    // The peer may have narrowed what the policy says (RFC 7296 2.9).
    return child.out.narrowed ? matches_inbound(child.selectors, inner) : child.policy->matches_in(inner);
}

/// Fragments of one datagram may come by different SAs of a tunnel: a rekey lies between them.
std::uint32_t scope_of(const InboundPacket& packet) {
    return to_number(packet.tunnel->policy.id);
}

}  // namespace

void check_selectors(InboundBatch& batch, Turn turn, DropCounters& drops) {
    batch.keep(drops, [&](InboundPacket& packet) -> Verdict {
        if (!packet.inner.is_whole) [[unlikely]]
            turn.fragments.complete(packet.inner, inner_octets(packet), scope_of(packet), turn.now);
        if (!allows(*packet.child, packet.inner)) return DropReason::kOutsideSelectors;
        if (!packet.inner.is_whole) [[unlikely]]
            turn.fragments.remember(packet.inner, inner_octets(packet), scope_of(packet), turn.now);
        packet.slot.port = packet.child->in.port;
        packet.child->in.volume.bytes.add(packet.inner.length);
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
