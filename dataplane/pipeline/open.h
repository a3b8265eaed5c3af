// Stage 4, inbound: verify, then the window. A packet that does not verify moves nothing (RFC 4303 3.4.3); of two equal
// ones in one batch the second finds the window moved.
#pragma once

#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

/// Whether the packet's text fits the slot that it is given.
Verdict give_slot(InboundPacket& packet, const Slot& slot);
/// Verifies and decrypts all packets, each into its slot, and sets `genuine`.
void decrypt(std::span<InboundPacket> packets, crypto::EspCipher& cipher);

template <typename Accepted>
void open(InboundBatch& batch, std::span<const Slot> slots, crypto::EspCipher& cipher, DropCounters& drops,
          Accepted accepted) {
    std::size_t next = 0;
    batch.keep(drops, [&](InboundPacket& packet) { return give_slot(packet, slots[next++]); });
    decrypt(batch.packets(), cipher);
    batch.keep(drops, [&](InboundPacket& packet) -> Verdict {
        if (!packet.genuine) return DropReason::kBadIcv;
        if (!packet.child->in.window.commit(packet.sequence)) return DropReason::kReplay;
        packet.child->in.volume.packets.add(1);
        accepted(packet);
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
