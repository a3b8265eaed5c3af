// Stage 5, inbound: RFC 4303 2.4 to 2.7. All of it comes from an authenticated peer, none of it is believed for that.
#include "dataplane/packet/ip_header.h"
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

/// RFC 4303 3.1.1: the header that stands before ESP on the wire is the packet's own, but for what ESP has changed in
/// it.
void restore_ip_header(const InboundPacket& packet, std::uint8_t protocol, std::uint32_t payload) {
    const Received& received = *packet.received;
    write_ip_header({.source = received.outer.remote.address,
                     .destination = received.outer.local.address,
                     .protocol = protocol,
                     .traffic_class = received.traffic_class,
                     .payload_bytes = static_cast<std::uint16_t>(payload)},
                    packet.slot.octets);
}

bool is_version_of(Family family, std::uint8_t next_header) {
    return next_header == (family == Family::kIpv4 ? kNextHeaderIpv4 : kNextHeaderIpv6);
}

Verdict strip_one(InboundPacket& packet) {
    const std::uint8_t* const text = packet.slot.octets + packet.text_offset;
    const std::uint32_t length = packet.slot.length - packet.text_offset;  // at least kEspTrailer: stage 2
    const std::uint8_t next_header = text[length - 1];
    const std::uint32_t padding = text[length - 2];
    if (padding + kEspTrailer > length) return DropReason::kBadPadding;
    const std::uint32_t payload = length - kEspTrailer - padding;
    if (!padding_is_sound(text + payload, padding)) return DropReason::kBadPadding;
    if (next_header == kNextHeaderNone) return DropReason::kDummy;
    const bool transport = packet.child->in.mode == Mode::kTransport;
    if (transport) {
        restore_ip_header(packet, next_header, payload);
    } else if (next_header != kNextHeaderIpv4 && next_header != kNextHeaderIpv6) {
        return DropReason::kBadNextHeader;
    }
    if (!parse_inner({packet.slot.octets, packet.text_offset + payload}, packet.inner))
        return DropReason::kMalformedInner;
    if (!transport && !is_version_of(packet.inner.source.family(), next_header)) return DropReason::kMalformedInner;
    packet.slot.length = packet.inner.length;  // what stands behind is TFC padding (2.7)
    return std::nullopt;
}

}  // namespace

void strip_trailer(InboundBatch& batch, DropCounters& drops) {
    batch.keep(drops, strip_one);
}

}  // namespace esplane::dataplane
