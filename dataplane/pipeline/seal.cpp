// Stage 5, outbound: RFC 4303 3.3. All packets go through the cipher together: suites of CBC and HMAC are fast only so.
#include <array>

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {
namespace {

/// Padding 1, 2, 3, …, pad length, next header (RFC 4303 2.4) behind a payload. Returns its length.
std::uint32_t write_trailer(const crypto::EspKey& key, std::uint8_t* to, std::uint32_t payload,
                            std::uint8_t next_header) {
    static_assert(kTailroom >= kLongestBlock - 1 + kEspTrailer);
    const std::uint32_t padding = padding_for(key, payload);
    for (std::uint32_t i = 0; i < padding; ++i)
        to[i] = static_cast<std::uint8_t>(i + 1);
    to[padding] = static_cast<std::uint8_t>(padding);
    to[padding + 1] = next_header;
    return padding + kEspTrailer;
}

/// What the cipher is given of one packet: the payload, TFC padding if there is any, the trailer.
struct Text {
    std::array<crypto::Slice, 3> slices;
    std::size_t count = 0;
    std::array<std::uint8_t, kTailroom> trailer;

    std::span<const crypto::Slice> view() const { return {slices.data(), count}; }
};

/// The trailer right behind the payload makes one piece with it.
void make_text(const OutboundPacket& packet, Text& text) {
    const std::uint32_t payload = packet.inner.length - packet.text_offset;
    std::uint8_t* const begin = packet.received->octets.data() + packet.text_offset;
    const std::uint32_t trailer = write_trailer(packet.child->out.key, begin + payload, payload, packet.next_header);
    text.slices[0] = {begin, payload + trailer};
    text.count = 1;
}

/// RFC 4303 2.7: zeros up to the length that all packets have. What follows the payload in memory stays as it is.
void make_padded_text(const OutboundPacket& packet, Text& text) {
    static constexpr std::array<std::uint8_t, kLargestMtu> kZeros{};
    const OutboundSa& sa = packet.child->out;
    const std::uint32_t padding = sa.sizes.mtu - packet.inner.length;
    const std::uint32_t trailer = write_trailer(sa.key, text.trailer.data(), sa.sizes.mtu, packet.next_header);
    text.slices = {crypto::Slice{packet.received->octets.data(), packet.inner.length},
                   crypto::Slice{kZeros}.first(padding), crypto::Slice{text.trailer}.first(trailer)};
    text.count = 3;
}

crypto::SealJob prepare(OutboundPacket& packet, Text& text) {
    OutboundSa& sa = packet.child->out;
    if (sa.pad_to_mtu && packet.inner.length < sa.sizes.mtu) [[unlikely]] {
        make_padded_text(packet, text);
    } else {
        make_text(packet, text);
    }
    packet.slot.length = static_cast<std::uint32_t>(sa.key.overhead() + crypto::total_length(text.view()));
    sa.volume.packets.add(1);
    sa.volume.bytes.add(packet.inner.length);
    return {.key = &sa.key,
            .spi = to_number(sa.spi),
            .esn = sa.esn,
            .sequence = packet.sequence,
            .text = text.view(),
            .packet = packet.slot.octets};
}

}  // namespace

void seal(OutboundBatch& batch, crypto::EspCipher& cipher, DropCounters& drops) {
    std::array<crypto::SealJob, kBurst> jobs;
    std::array<Text, kBurst> texts;
    std::size_t count = 0;
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        OutboundSa& sa = packet.child->out;
        if (sa.volume.is_used_up()) return DropReason::kLifetimeOver;
        const auto sequence = sa.sequence.next();
        // RFC 4303 3.3.3: the sequence MUST NOT cycle.
        if (!sequence) return DropReason::kSequenceExhausted;
        packet.sequence = *sequence;
        jobs[count] = prepare(packet, texts[count]);
        ++count;
        return std::nullopt;
    });
    cipher.seal(std::span<const crypto::SealJob>(jobs).first(count));
}

}  // namespace esplane::dataplane
