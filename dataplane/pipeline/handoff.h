// Between two stages of either direction, with more than one worker: what another worker has the SA of goes there, and
// through that worker's whole pipeline. Whoever has no room loses it; nobody waits.
#pragma once

#include "dataplane/pipeline/inbound.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

/// Behind policy_lookup. `send(WorkerId, const Received&)` says false when there is no room.
template <typename Send>
void hand_over(OutboundBatch& batch, DropCounters& drops, Send send) {
    // What goes on here has a CHILD_SA by now.
    const auto take = [&](const OutboundPacket& packet) {
        return packet.child == nullptr && send(*packet.tunnel->elsewhere, *packet.received);
    };
    batch.take_or_keep(drops, take, [](const OutboundPacket& packet) -> Verdict {
        if (packet.child == nullptr) return DropReason::kHandoffFull;
        return std::nullopt;
    });
}

/// Before sa_lookup. `is_elsewhere(WorkerId)` knows which workers there are besides this one.
template <typename IsElsewhere, typename Send>
void hand_over(InboundBatch& batch, DropCounters& drops, IsElsewhere is_elsewhere, Send send) {
    const auto owner_of = [](const InboundPacket& packet) {
        return worker_of(Spi{load_be<std::uint32_t>(packet.received->octets.data())});
    };
    const auto leaves = [&](const InboundPacket& packet) {
        return packet.received->octets.size() >= sizeof(Spi) && is_elsewhere(owner_of(packet));
    };
    const auto take = [&](const InboundPacket& packet) {
        return leaves(packet) && send(owner_of(packet), *packet.received);
    };
    batch.take_or_keep(drops, take, [&](const InboundPacket& packet) -> Verdict {
        if (leaves(packet)) return DropReason::kHandoffFull;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
