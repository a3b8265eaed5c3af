// Stage 5, inbound: RFC 4303 2.4 to 2.7. All of it comes from an authenticated peer, none of it is believed for that.
#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {
namespace {

bool padding_is_sound(const std::uint8_t* padding, std::uint32_t length) {
    for (std::uint32_t i = 0; i < length; ++i) {
        if (padding[i] != i + 1) return false;
    }
    return true;
}

Verdict strip_one(InboundPacket& packet) {
    const std::uint32_t text = packet.slot.length;  // at least kEspTrailer: stage 2
    const std::uint8_t next_header = packet.slot.octets[text - 1];
    const std::uint32_t padding = packet.slot.octets[text - 2];
    if (padding + kEspTrailer > text) return DropReason::kBadPadding;
    const std::uint32_t payload = text - kEspTrailer - padding;
    if (!padding_is_sound(packet.slot.octets + payload, padding)) return DropReason::kBadPadding;
    if (next_header == kNextHeaderNone) return DropReason::kDummy;
    if (next_header != kNextHeaderIpv4 && next_header != kNextHeaderIpv6) return DropReason::kBadNextHeader;
    if (!parse_inner({packet.slot.octets, payload}, packet.inner)) return DropReason::kMalformedInner;
    const Family family = next_header == kNextHeaderIpv4 ? Family::kIpv4 : Family::kIpv6;
    if (packet.inner.source.family() != family) return DropReason::kMalformedInner;
    packet.slot.length = packet.inner.length;  // what stands behind is TFC padding (2.7)
    return std::nullopt;
}

}  // namespace

void strip_trailer(InboundBatch& batch, DropCounters& drops) {
    batch.keep(drops, strip_one);
}

}  // namespace esplane::dataplane
