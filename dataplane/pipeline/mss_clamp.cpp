// Stage 2 of outbound, stage 8 of inbound.
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/mss.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {
namespace {

/// The same for both directions: what a host may send through the tunnel its peer must not be told to exceed.
std::uint16_t most_for(const InnerPacket& inner, const InnerSizes& sizes) {
    return inner.source.family() == Family::kIpv4 ? sizes.mss_ipv4 : sizes.mss_ipv6;
}

}  // namespace

void clamp_mss(OutboundBatch& batch) {
    for (OutboundPacket& packet : batch.packets()) {
        lower_mss(packet.received->head(), packet.inner, most_for(packet.inner, packet.child->out.sizes));
    }
}

void clamp_mss(InboundBatch& batch) {
    for (InboundPacket& packet : batch.packets()) {
        lower_mss({packet.slot.octets, packet.inner.length}, packet.inner,
                  most_for(packet.inner, packet.child->out.sizes));
    }
}

}  // namespace esplane::dataplane
