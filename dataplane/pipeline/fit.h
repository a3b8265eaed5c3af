// Stage 3, outbound: what does not fit the tunnel (RFC 4301 8). Fragmented before encryption or after it, or its sender
// is told of the size that fits.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dataplane/io/buffers.h"
#include "dataplane/packet/fragment.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

/// What becomes of a packet by its length.
enum class Fate : std::uint8_t {
    kFits,      ///< goes on; the outer packet may have to be fragmented
    kFragment,  ///< into pieces that fit
    kTell,      ///< dropped; its sender is told what fits
    kDrop,      ///< dropped; its sender has not asked to be told
};

/// `octets` begin with the packet that `inner` describes.
Fate fate_of(const InnerPacket& inner, ByteView octets, const OutboundSa& sa);

/// One for each worker. Order within the batch is kept but for what is fragmented, which comes last.
class Fitting {
  public:
    /// Leaves in the batch what fits, counts what is dropped, keeps what is to be fragmented for next_fragments().
    void sort(OutboundBatch& batch, DropCounters& drops);

    /// Of the last sort(): those whose sender is to be told. They stay until the next.
    std::span<const OutboundPacket> refused() const { return {refused_.data(), refused_count_}; }

    /// Fills `batch`, anew, with as many fragments as fit in; false when none are left. Their memory is good until the
    /// next call, that of the packets that sort() kept must be good until then, too.
    bool next_fragments(OutboundBatch& batch, DropCounters& drops);

  private:
    void take_out(OutboundPacket& packet);
    bool begin_next(DropCounters& drops);
    void add_piece(OutboundBatch& batch, const Ipv4Fragmenter::Piece& piece);

    std::array<OutboundPacket, kBurst> refused_;
    std::array<OutboundPacket, kBurst> whole_;  // to be fragmented
    std::size_t refused_count_ = 0;
    std::size_t whole_count_ = 0;
    std::size_t whole_at_ = 0;
    std::optional<Ipv4Fragmenter> cutting_;  // whole_[whole_at_ - 1]
    std::uint16_t identification_ = 0;       // of packets with DF, which need have none of their own (RFC 6864 4.1)
    Buffers buffers_;
    std::array<Received, kBurst> pieces_;
    Buffers copy_buffers_;
    std::array<Received, kBurst> copies_;  // of segments
    std::size_t copy_count_ = 0;
};

}  // namespace esplane::dataplane
