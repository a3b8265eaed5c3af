// Stage 3, outbound. The device's MTU keeps the kernel from handing us such; this is for who sets a larger one by hand.
#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

void refuse_too_big(OutboundBatch& batch, DropCounters& drops) {
    batch.keep(drops, [](const OutboundPacket& packet) -> Verdict {
        if (sealed_length(packet.child->out.key, packet.inner.length) > kLargestDatagram) return DropReason::kTooBig;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
