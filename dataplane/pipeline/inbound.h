// Datagrams from the cipher side into a device. The stages, in flow order, one a file:
//
//   1 classify         IKE to the control thread, keepalives, ESP
//     handoff          to the worker that the SPI names, when that is another
//   2 sa_lookup        the SA by SPI; long enough to be ESP
//   3 replay           the whole sequence number; not seen yet
//   4 open             verifies and decrypts, straight into the slot; the window again, and now it moves
//   5 trailer          padding, next header, the inner packet; in transport mode its IP header
//   6 selector_check   only what this SA may carry
//   7 congestion       ECN marks of the outer header
//   8 mss_clamp        TCP segments that will fit the way back
#pragma once

#include "crypto/esp_cipher.h"
#include "dataplane/packet/inner_packet.h"
#include "dataplane/pipeline/batch.h"
#include "dataplane/pipeline/turn.h"
#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/spi_table.h"

namespace esplane::dataplane {

struct InboundPacket {
    const Received* received = nullptr;
    TunnelState* tunnel = nullptr;
    ChildSa* child = nullptr;
    std::uint64_t sequence = 0;
    bool genuine = false;  ///< said by the cipher
    /// Where in the slot the decrypted text begins: in transport mode there is room for the IP header before it.
    std::uint32_t text_offset = 0;
    Slot slot;  ///< `length` is up to the end of the decrypted text after stage 4, that of the inner packet after stage
                ///< 5
    InnerPacket inner;
};

using InboundBatch = Batch<InboundPacket>;

/// Stage 1. `punt(const Received&, ByteView ike)` is given each IKE message, without the non-ESP marker; says false if
/// it had no room.
template <typename Punt>
void classify(InboundBatch& batch, DropCounters& drops, Punt punt);

/// Stage 2. `keep_early(const Received&)` is given each packet whose SA is not there (yet); says whether it keeps it.
template <typename KeepEarly>
void look_up_sa(InboundBatch& batch, const SpiTable& table, DropCounters& drops, KeepEarly keep_early);

/// Stage 3.
void check_replay(InboundBatch& batch, DropCounters& drops);

/// Stage 4. Gives each packet of the batch its slot: `slots` holds one for each. `accepted(InboundPacket&)` is told of
/// each that is authentic.
template <typename Accepted>
void open(InboundBatch& batch, std::span<const Slot> slots, crypto::EspCipher& cipher, DropCounters& drops,
          Accepted accepted);

/// Stage 5.
void strip_trailer(InboundBatch& batch, DropCounters& drops);

/// Stage 6.
void check_selectors(InboundBatch& batch, Turn turn, DropCounters& drops);

/// Stage 7.
void carry_congestion(InboundBatch& batch, DropCounters& drops);

/// Stage 8.
void clamp_mss(InboundBatch& batch);

}  // namespace esplane::dataplane

#include "dataplane/pipeline/classify.h"
#include "dataplane/pipeline/open.h"
#include "dataplane/pipeline/sa_lookup.h"
