// Stage 4, inbound: verify, then the window. A packet that does not verify moves nothing (RFC 4303 3.4.3); of two equal
// ones in one batch the second finds the window moved.
#pragma once

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

/// Verifies and decrypts one packet into its slot.
Verdict open_one(InboundPacket& packet);

template <typename Accepted>
void open(InboundBatch& batch, std::span<const Slot> slots, DropCounters& drops, Accepted accepted) {
    std::size_t next = 0;
    batch.keep(drops, [&](InboundPacket& packet) -> Verdict {
        packet.slot = slots[next++];
        if (const Verdict refused = open_one(packet)) return refused;
        if (!packet.child->in.window.commit(packet.sequence)) return DropReason::kReplay;
        packet.child->in.packets.add(1);
        accepted(packet);
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
