// Stage 6, inbound: RFC 4301 5.2 step 4. The peer is held to the selectors of the very SA that the packet came by.
#include "dataplane/pipeline/inbound.h"
#include "dataplane/sa/selector_match.h"

namespace esplane::dataplane {

void check_selectors(InboundBatch& batch, DropCounters& drops) {
    batch.keep(drops, [](InboundPacket& packet) -> Verdict {
        if (!matches_inbound(packet.child->selectors, packet.inner)) return DropReason::kOutsideSelectors;
        packet.slot.port = packet.tunnel->policy.port;
        packet.child->in.bytes.add(packet.inner.length);
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
