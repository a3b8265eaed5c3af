// Stage 4, outbound: RFC 4303 3.3. All packets go through the cipher together: suites of CBC and HMAC are fast only so.
#include <array>

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {
namespace {

/// Padding 1, 2, 3, …, pad length, next header (RFC 4303 2.4). Returns its length.
std::uint32_t write_trailer(const crypto::EspKey& key, std::uint8_t* to, const InnerPacket& inner) {
    static_assert(kTailroom >= kLongestBlock - 1 + kEspTrailer);
    const std::uint32_t padding = padding_for(key, inner.length);
    for (std::uint32_t i = 0; i < padding; ++i)
        to[i] = static_cast<std::uint8_t>(i + 1);
    to[padding] = static_cast<std::uint8_t>(padding);
    to[padding + 1] = inner.source.family() == Family::kIpv4 ? kNextHeaderIpv4 : kNextHeaderIpv6;
    return padding + kEspTrailer;
}

/// Finishes the text and describes the packet to the cipher.
crypto::SealJob prepare(OutboundPacket& packet, crypto::Slice& text) {
    OutboundSa& sa = packet.child->out;
    std::uint8_t* const inner = packet.received->octets.data();
    text = {inner, packet.inner.length + write_trailer(sa.key, inner + packet.inner.length, packet.inner)};
    packet.slot.length = static_cast<std::uint32_t>(sa.key.overhead() + text.size());
    packet.slot.outer = sa.path;
    packet.slot.encapsulation = sa.encapsulation;
    sa.packets.add(1);
    sa.bytes.add(packet.inner.length);
    return {.key = &sa.key,
            .spi = to_number(sa.spi),
            .esn = sa.esn,
            .sequence = packet.sequence,
            .text = {&text, 1},
            .packet = packet.slot.octets};
}

}  // namespace

void seal(OutboundBatch& batch, std::span<const Slot> slots, crypto::EspCipher& cipher, DropCounters& drops) {
    batch.keep(drops, [](OutboundPacket& packet) -> Verdict {
        const auto sequence = packet.child->out.sequence.next();
        // RFC 4303 3.3.3: the sequence MUST NOT cycle.
        if (!sequence) return DropReason::kSequenceExhausted;
        packet.sequence = *sequence;
        return std::nullopt;
    });
    std::array<crypto::SealJob, kBurst> jobs;
    std::array<crypto::Slice, kBurst> texts;
    std::size_t count = 0;
    for (OutboundPacket& packet : batch.packets()) {
        packet.slot = slots[count];
        jobs[count] = prepare(packet, texts[count]);
        ++count;
    }
    cipher.seal(std::span<const crypto::SealJob>(jobs).first(count));
}

}  // namespace esplane::dataplane
