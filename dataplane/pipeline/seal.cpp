// Stage 5, outbound: RFC 4303 3.3. All packets go through the cipher together: suites of CBC and HMAC are fast only so.
#include <array>
#include <bit>
#include <cstring>

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/outbound.h"
#include "dataplane/pipeline/scratch.h"

namespace esplane::dataplane {
namespace {

/// Padding 1, 2, 3, …, pad length, next header (RFC 4303 2.4) behind a payload. Returns its length. Writes up to
/// kTailroom octets.
std::uint32_t write_trailer(const crypto::EspKey& key, std::uint8_t* to, std::uint32_t payload,
                            std::uint8_t next_header) {
    static_assert(kTailroom >= kLongestBlock - 1 + kEspTrailer);
    const std::uint32_t padding = padding_for(key, payload);
    const std::uint64_t ending = padding | static_cast<std::uint64_t>(next_header) << 8;
    if (padding + kEspTrailer <= sizeof ending) {
        // One store, which is all that an AEAD's padding of at most three octets takes.
        constexpr std::uint64_t kCounting = 0x0807060504030201;
        const std::uint32_t bits = 8 * padding;
        const std::uint64_t octets = (kCounting & ((std::uint64_t{1} << bits) - 1)) | ending << bits;
        static_assert(std::endian::native == std::endian::little);
        std::memcpy(to, &octets, sizeof octets);
    } else {
        for (std::uint32_t i = 0; i < padding; ++i)
            to[i] = static_cast<std::uint8_t>(i + 1);
        std::memcpy(to + padding, &ending, kEspTrailer);
    }
    return padding + kEspTrailer;
}

/// RFC 4303 2.7: payload, zeros up to the length that all packets have, trailer.
struct PaddedText {
    std::array<crypto::Slice, 3> slices;
    std::array<std::uint8_t, kTailroom> trailer;
};

/// What the cipher is given for the packets of a batch.
struct Work {
    Scratch<crypto::SealJob> jobs;
    Scratch<crypto::Slice> texts;
    Scratch<PaddedText> padded;
    std::size_t count = 0;
};

/// The trailer right behind the payload makes one piece with it.
std::span<const crypto::Slice> text_of(const OutboundPacket& packet, Work& work) {
    const std::uint32_t payload = packet.inner.length - packet.text_offset;
    std::uint8_t* const begin = packet.received->octets.data() + packet.text_offset;
    const std::uint32_t trailer = write_trailer(packet.child->out.key, begin + payload, payload, packet.next_header);
    return {&work.texts.make(work.count, begin, payload + trailer), 1};
}

/// What follows the payload in memory stays as it is.
std::span<const crypto::Slice> padded_text_of(const OutboundPacket& packet, Work& work) {
    static constexpr std::array<std::uint8_t, kLargestMtu> kZeros{};
    const OutboundSa& sa = packet.child->out;
    PaddedText& text = work.padded.make(work.count);
    const std::uint32_t padding = sa.sizes.mtu - packet.inner.length;
    const std::uint32_t trailer = write_trailer(sa.key, text.trailer.data(), sa.sizes.mtu, packet.next_header);
    text.slices = {crypto::Slice{packet.received->octets.data(), packet.inner.length},
                   crypto::Slice{kZeros}.first(padding), crypto::Slice{text.trailer}.first(trailer)};
    return text.slices;
}

void prepare(OutboundPacket& packet, Work& work) {
    OutboundSa& sa = packet.child->out;
    const bool padded = sa.pad_to_mtu && packet.inner.length < sa.sizes.mtu;
    const auto text = padded ? padded_text_of(packet, work) : text_of(packet, work);
    packet.slot.length = static_cast<std::uint32_t>(sa.key.overhead() + crypto::total_length(text));
    sa.volume.packets.add(1);
    sa.volume.bytes.add(packet.inner.length);
    work.jobs.make(work.count++, &sa.key, to_number(sa.spi), sa.esn, packet.sequence, text, packet.slot.octets);
}

}  // namespace

void seal(OutboundBatch& batch, crypto::EspCipher& cipher, DropCounters& drops) {
    Work work;
    batch.keep(drops, [&](OutboundPacket& packet) -> Verdict {
        OutboundSa& sa = packet.child->out;
        if (sa.volume.is_used_up()) return DropReason::kLifetimeOver;
        const auto sequence = sa.sequence.next();
        // RFC 4303 3.3.3: the sequence MUST NOT cycle.
        if (!sequence) return DropReason::kSequenceExhausted;
        packet.sequence = *sequence;
        prepare(packet, work);
        return std::nullopt;
    });
    cipher.seal(work.jobs.first(work.count));
}

}  // namespace esplane::dataplane
