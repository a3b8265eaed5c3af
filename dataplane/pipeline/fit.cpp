#include "dataplane/pipeline/fit.h"

#include <algorithm>
#include <utility>

#include "dataplane/pipeline/esp_format.h"

namespace esplane::dataplane {
namespace {

/// What neither a gateway nor its peer can carry, however small the outer fragments.
bool fits_a_datagram(const InnerPacket& inner, const OutboundSa& sa) {
    return sealed_length(sa.key, inner.length) <= kLargestDatagram;
}

Fate fate_of_ipv4(const InnerPacket& inner, ByteView octets, const OutboundSa& sa) {
    if (forbids_fragments(octets) && sa.df != DfPolicy::kClear) return Fate::kTell;
    if (sa.fragment == FragmentPolicy::kAfter && fits_a_datagram(inner, sa)) return Fate::kFits;
    if (sa.fragment == FragmentPolicy::kNever) return Fate::kDrop;
    return Fate::kFragment;
}

/// A fragment cannot go in transport mode (RFC 4303 3.3.4): the outer packet is the one to fragment. That holds with DF
/// and for IPv6, too: the sender is this host, and if it were told what fits, it would make fragments next.
Fate fate_in_transport_mode(const InnerPacket& inner, const OutboundSa& sa) {
    return fits_a_datagram(inner, sa) ? Fate::kFits : Fate::kDrop;
}

}  // namespace

Fate fate_of(const InnerPacket& inner, ByteView octets, const OutboundSa& sa) {
    if (inner.length <= sa.sizes.mtu) [[likely]]
        return Fate::kFits;
    if (sa.mode == Mode::kTransport) return fate_in_transport_mode(inner, sa);
    if (inner.source.family() == Family::kIpv4) return fate_of_ipv4(inner, octets, sa);
    // RFC 8200 5: IPv6 need not go below this; the outer packet is fragmented instead.
    return inner.length <= kLeastMtuIpv6 ? Fate::kFits : Fate::kTell;
}

void Fitting::sort(OutboundBatch& batch, DropCounters& drops) {
    refused_count_ = whole_count_ = whole_at_ = copy_count_ = 0;
    cutting_.reset();
    const auto fate = [](const OutboundPacket& packet) {
        return fate_of(packet.inner, packet.received->head(), packet.child->out);
    };
    const auto packets = batch.packets();
    if (std::all_of(packets.begin(), packets.end(), [&](const auto& packet) { return fate(packet) == Fate::kFits; }))
        return;
    const auto set_aside = [&](OutboundPacket& packet) {
        if (fate(packet) != Fate::kFragment) return false;
        take_out(packet);
        whole_[whole_count_++] = packet;
        return true;
    };
    batch.take_or_keep(drops, set_aside, [&](OutboundPacket& packet) -> Verdict {
        const Fate what = fate(packet);
        if (what == Fate::kFits) return std::nullopt;
        if (what == Fate::kTell) {
            take_out(packet);
            refused_[refused_count_++] = packet;
        }
        return DropReason::kTooBig;
    });
}

/// A segment's octets do not stay until its turn comes: the next one may be sealed before.
void Fitting::take_out(OutboundPacket& packet) {
    const Received& received = *packet.received;
    if (received.headers == nullptr) return;
    Received& copy = copies_[copy_count_];
    copy = {.octets = {copy_buffers_.at(copy_count_), received.octets.size()}, .port = received.port};
    received.copy_to(copy.octets.data());
    packet.received = &copy;
    ++copy_count_;
}

bool Fitting::next_fragments(OutboundBatch& batch, DropCounters& drops) {
    batch.clear();
    while (batch.size() < kBurst && (cutting_ || begin_next(drops))) {
        if (const auto piece = cutting_->next()) {
            add_piece(batch, *piece);
        } else {
            cutting_.reset();
        }
    }
    return batch.size() > 0;
}

/// Begins to cut the next packet that can be cut; false when there is none.
bool Fitting::begin_next(DropCounters& drops) {
    while (whole_at_ < whole_count_) {
        const OutboundPacket& packet = whole_[whole_at_++];
        FragmentOptions options{.mtu_bytes = packet.child->out.sizes.mtu};
        if (forbids_fragments(packet.received->octets)) options.override_df = ++identification_;
        if (auto started = Ipv4Fragmenter::start(packet.received->octets, options)) {
            cutting_.emplace(std::move(*started));
            return true;
        }
        count(drops, packet, DropReason::kMalformedInner);
    }
    return false;
}

void Fitting::add_piece(OutboundBatch& batch, const Ipv4Fragmenter::Piece& piece) {
    const OutboundPacket& whole = whole_[whole_at_ - 1];
    const std::size_t index = batch.size();
    Received& received = pieces_[index];
    received = {.octets = {buffers_.at(index), piece.length()}, .port = whole.received->port};
    piece.write(received.octets);
    OutboundPacket& fragment = batch.add();
    fragment.received = &received;
    fragment.tunnel = whole.tunnel;
    fragment.child = whole.child;
    fragment.inner = whole.inner;
    fragment.inner.length = static_cast<std::uint32_t>(piece.length());
    fragment.inner.is_whole = false;
}

}  // namespace esplane::dataplane
