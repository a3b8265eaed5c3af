// Stage 2 of outbound, stage 7 of inbound.
#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/mss.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {
namespace {

std::uint16_t most_for(const InnerPacket& inner, const TunnelPolicy& policy) {
    return inner.source.family() == Family::kIpv4 ? policy.mss_ipv4 : policy.mss_ipv6;
}

}  // namespace

void clamp_mss(OutboundBatch& batch) {
    for (OutboundPacket& packet : batch.packets()) {
        lower_mss(packet.received->octets, packet.inner, most_for(packet.inner, packet.tunnel->policy));
    }
}

void clamp_mss(InboundBatch& batch) {
    for (InboundPacket& packet : batch.packets()) {
        lower_mss({packet.slot.octets, packet.inner.length}, packet.inner,
                  most_for(packet.inner, packet.tunnel->policy));
    }
}

}  // namespace esplane::dataplane
