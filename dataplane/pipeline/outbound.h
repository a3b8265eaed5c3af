// Plain packets out of a device into the tunnel. The stages, in flow order, one a file:
//
//   1 policy_lookup   which policy of which tunnel, and on which CHILD_SA it sends
//     handoff         to the worker that has the tunnel, when that is another
//   2 mss_clamp       TCP segments that will fit the tunnel
//   3 fit             what does not fit: fragmented, or its sender is told
//   4 encapsulate     tunnel or transport mode; what the outer header says: DSCP, ECN, DF
//   5 seal            sequence number, trailer, cipher, ESP header, straight into the slot
#pragma once

#include "crypto/esp_cipher.h"
#include "dataplane/packet/inner_packet.h"
#include "dataplane/pipeline/batch.h"
#include "dataplane/pipeline/turn.h"
#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/policy_table.h"

namespace esplane::dataplane {

struct OutboundPacket {
    Received* received = nullptr;
    TunnelState* tunnel = nullptr;
    ChildSa* child = nullptr;
    InnerPacket inner;
    std::uint32_t text_offset =
        0;                         ///< where in the packet ESP's payload begins: behind the IP header in transport mode
    std::uint8_t next_header = 0;  ///< of ESP's trailer
    std::uint64_t sequence = 0;
    Slot slot;
};

using OutboundBatch = Batch<OutboundPacket>;

/// Octets that the clear side keeps writable behind each received packet, so that the trailer makes one piece with it.
inline constexpr std::uint32_t kTailroom = 32;

/// Stage 1. `wanted(Policy&)` is told of each packet whose policy has nothing to send on. A packet of a tunnel that is
/// another worker's goes on without a CHILD_SA, to hand_over().
template <typename Wanted>
void policy_lookup(OutboundBatch& batch, const PolicyTable& policies, Turn turn, DropCounters& drops, Wanted wanted);

/// Stage 2.
void clamp_mss(OutboundBatch& batch);

/// Stage 3 is class Fitting (fit.h).

/// Stage 4. Gives each packet of the batch its slot: `slots` holds one for each.
void encapsulate(OutboundBatch& batch, std::span<const Slot> slots, DropCounters& drops);

/// Stage 5.
void seal(OutboundBatch& batch, crypto::EspCipher& cipher, DropCounters& drops);

}  // namespace esplane::dataplane

#include "dataplane/pipeline/fit.h"
#include "dataplane/pipeline/policy_lookup.h"
