// Stage 3, inbound: RFC 4303 3.4.3. A packet that cannot be accepted is refused before the cipher is spent on it.
#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

void check_replay(InboundBatch& batch, DropCounters& drops) {
    batch.keep(drops, [](InboundPacket& packet) -> Verdict {
        const ReplayWindow& window = packet.child->in.window;
        const auto sequence = window.infer(load_be<std::uint32_t>(packet.received->octets.data() + 4));
        if (!sequence || !window.check(*sequence)) return DropReason::kReplay;
        packet.sequence = *sequence;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
