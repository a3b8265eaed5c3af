// Stage 4, outbound: RFC 4303 3.3.
#include <array>

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {
namespace {

/// Padding 1, 2, 3, …, pad length, next header (RFC 4303 2.4). Returns its length.
std::uint32_t write_trailer(std::uint8_t* to, const InnerPacket& inner) {
    const std::uint32_t padding = padding_for(inner.length);
    for (std::uint32_t i = 0; i < padding; ++i)
        to[i] = static_cast<std::uint8_t>(i + 1);
    to[padding] = static_cast<std::uint8_t>(padding);
    to[padding + 1] = inner.source.family() == Family::kIpv4 ? kNextHeaderIpv4 : kNextHeaderIpv6;
    return padding + kEspTrailer;
}

void seal_one(OutboundPacket& packet) {
    OutboundSa& sa = packet.child->out;
    std::uint8_t* const to = packet.slot.octets;
    store_be(to, to_number(sa.spi));
    store_be(to + 4, static_cast<std::uint32_t>(packet.sequence));
    // The IV is the sequence number: unique for the key, since the sequence never repeats (RFC 4106 3.1).
    crypto::EspGcm::Iv iv;
    store_be(iv.data(), packet.sequence);
    std::copy(iv.begin(), iv.end(), to + kEspHeader);

    const EspAad aad(sa.spi, packet.sequence, sa.esn);
    std::uint8_t* const inner = packet.received->octets.data();
    const std::uint32_t text = packet.inner.length + write_trailer(inner + packet.inner.length, packet.inner);
    const std::array<crypto::Slice, 1> from{ByteView(inner, text)};
    std::uint8_t* const cipher_text = to + kEspHeader + kEspIv;
    sa.cipher.seal(aad.view(), iv, from, cipher_text, cipher_text + text);

    packet.slot.length = kEspOverhead + text;
    packet.slot.outer = sa.path;
    packet.slot.encapsulation = sa.encapsulation;
    sa.packets.add(1);
    sa.bytes.add(packet.inner.length);
}

}  // namespace

void seal(OutboundBatch& batch, std::span<const Slot> slots, DropCounters& drops) {
    batch.keep(drops, [](OutboundPacket& packet) -> Verdict {
        const auto sequence = packet.child->out.sequence.next();
        // RFC 4303 3.3.3: the sequence MUST NOT cycle.
        if (!sequence) return DropReason::kSequenceExhausted;
        packet.sequence = *sequence;
        return std::nullopt;
    });
    std::size_t next = 0;
    for (OutboundPacket& packet : batch.packets()) {
        packet.slot = slots[next++];
        seal_one(packet);
    }
}

}  // namespace esplane::dataplane
