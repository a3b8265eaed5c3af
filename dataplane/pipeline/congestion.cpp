// Stage 7, inbound: RFC 6040 4.2. What congestion the outer header has seen, the inner one tells on.
#include "dataplane/packet/ecn.h"
#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

void carry_congestion(InboundBatch& batch, DropCounters& drops) {
    batch.keep(drops, [](InboundPacket& packet) -> Verdict {
        const Ecn outer = ecn_of(packet.received->traffic_class);
        // In transport mode the outer header is the packet's own.
        if (outer == Ecn::kNotEct || packet.child->in.mode == Mode::kTransport) [[likely]]
            return std::nullopt;
        const EcnOutcome outcome = decapsulate_ecn({packet.slot.octets, packet.slot.length}, outer);
        return outcome.drop ? Verdict{DropReason::kCongestion} : std::nullopt;
    });
}

}  // namespace esplane::dataplane
