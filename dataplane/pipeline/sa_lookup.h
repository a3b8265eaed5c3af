// Stage 2, inbound: RFC 4303 3.4.2; and a SA that has carried all that it may carries nothing more.
#pragma once

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

template <typename KeepEarly>
void look_up_sa(InboundBatch& batch, const SpiTable& table, DropCounters& drops, KeepEarly keep_early) {
    const auto can_be_esp = [](const InboundPacket& packet) {
        return packet.received->octets.size() >= kShortestPacket;
    };
    const auto take = [&](InboundPacket& packet) {
        if (!can_be_esp(packet)) return false;
        packet.child = table.find(Spi{load_be<std::uint32_t>(packet.received->octets.data())});
        return packet.child == nullptr && keep_early(*packet.received);
    };
    batch.take_or_keep(drops, take, [&](InboundPacket& packet) -> Verdict {
        if (!can_be_esp(packet)) return DropReason::kRunt;
        if (packet.child == nullptr) return DropReason::kUnknownSpi;
        packet.tunnel = packet.child->tunnel;
        if (packet.received->octets.size() < packet.child->in.key.overhead() + kEspTrailer) return DropReason::kRunt;
        if (packet.child->in.volume.is_used_up()) return DropReason::kLifetimeOver;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
