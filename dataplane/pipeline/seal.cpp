// Stage 5, outbound: RFC 4303 3.3. All packets go through the cipher together: suites of CBC and HMAC are fast only so.
#include <algorithm>
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

/// What does not stand in one piece: headers, payload, zeros up to the length that all packets have (RFC 4303 2.7),
/// trailer.
struct GatheredText {
    std::array<crypto::Slice, 4> slices;
    std::array<std::uint8_t, kTailroom> trailer;
};

/// What the cipher is given for the packets of a batch.
struct Work {
    Scratch<crypto::SealJob> jobs;
    Scratch<crypto::Slice> texts;
    Scratch<GatheredText> gathered;
    std::size_t count = 0;
};

/// The trailer right behind the payload makes one piece with it.
crypto::Slice text_in_place(const OutboundPacket& packet) {
    const std::uint32_t payload = packet.inner.length - packet.text_offset;
    std::uint8_t* const begin = packet.received->octets.data() + packet.text_offset;
    return {begin, payload + write_trailer(packet.child->out.key, begin + payload, payload, packet.next_header)};
}

/// What is around the payload in memory stays as it is.
std::span<const crypto::Slice> gather(const OutboundPacket& packet, Work& work) {
    static constexpr std::array<std::uint8_t, kLargestMtu> kZeros{};
    const OutboundSa& sa = packet.child->out;
    GatheredText& text = work.gathered.make(work.count);
    const bool is_short = sa.pad_to_mtu && packet.inner.length < sa.sizes.mtu;
    const std::uint32_t zeros = is_short ? sa.sizes.mtu - packet.inner.length : 0;
    const std::uint32_t payload = packet.inner.length - packet.text_offset;
    const std::uint32_t trailer = write_trailer(sa.key, text.trailer.data(), payload + zeros, packet.next_header);
    const ByteView all = packet.received->octets;
    const ByteView head = packet.received->headers == nullptr ? ByteView{} : packet.received->head();
    text.slices = {head.empty() ? head : head.subspan(packet.text_offset),
                   all.first(packet.inner.length).subspan(std::max<std::size_t>(head.size(), packet.text_offset)),
                   crypto::Slice{kZeros}.first(zeros), crypto::Slice{text.trailer}.first(trailer)};
    return text.slices;
}

void count_sealed(OutboundPacket& packet, std::size_t text) {
    OutboundSa& sa = packet.child->out;
    packet.slot.length = static_cast<std::uint32_t>(sa.key.overhead() + text);
    sa.volume.packets.add(1);
    sa.volume.bytes.add(packet.inner.length);
}

void prepare(OutboundPacket& packet, std::span<const crypto::Slice> text, Work& work) {
    const OutboundSa& sa = packet.child->out;
    count_sealed(packet, crypto::total_length(text));
    work.jobs.make(work.count++, &sa.key, to_number(sa.spi), sa.esn, packet.sequence, text, packet.slot.octets);
}

/// Of a segment, whose turn is now: all before it in its super-packet are sealed, so its headers may go over their end.
/// So it is in one piece without being copied, and what the cipher likes best. The next one's beginning is put back.
void seal_segment(OutboundPacket& packet, crypto::EspCipher& cipher) {
    const OutboundSa& sa = packet.child->out;
    const Received& segment = *packet.received;
    std::uint8_t* const behind = segment.octets.data() + segment.octets.size();
    std::array<std::uint8_t, kTailroom> next;
    std::copy_n(behind, kTailroom, next.begin());
    segment.copy_to(segment.octets.data());
    const crypto::Slice text = text_in_place(packet);
    count_sealed(packet, text.size());
    const crypto::SealJob job{&sa.key, to_number(sa.spi), sa.esn, packet.sequence, {&text, 1}, packet.slot.octets};
    cipher.seal({&job, 1});
    std::copy_n(next.begin(), kTailroom, behind);
}

/// Seals it at once, or leaves it for all together.
void seal_or_prepare(OutboundPacket& packet, crypto::EspCipher& cipher, Work& work) {
    const OutboundSa& sa = packet.child->out;
    const bool is_segment = packet.received->headers != nullptr;
    // The segments of one super-packet are all done in the same way, or one would write over what another still needs.
    if (sa.pad_to_mtu || (is_segment && sa.key.gains_from_batches())) {
        prepare(packet, gather(packet, work), work);
    } else if (is_segment) {
        seal_segment(packet, cipher);
    } else {
        const crypto::Slice& text = work.texts.make(work.count, text_in_place(packet));
        prepare(packet, {&text, 1}, work);
    }
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
        seal_or_prepare(packet, cipher, work);
        return std::nullopt;
    });
    cipher.seal(work.jobs.first(work.count));
}

}  // namespace esplane::dataplane
