// Stage 2, inbound: RFC 4303 3.4.2; and a SA that has carried all that it may carries nothing more.
#pragma once

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

inline bool can_be_esp(const InboundPacket& packet) {
    return packet.received->octets.size() >= kShortestPacket;
}

/// Of a packet that can be ESP.
inline Spi spi_of(const InboundPacket& packet) {
    return Spi{load_be<std::uint32_t>(packet.received->octets.data())};
}

/// All packets' entries are fetched at once: that takes as long as one.
inline void warm_up(InboundBatch& batch, const SpiTable& table) {
    for (const InboundPacket& packet : batch.packets()) {
        if (can_be_esp(packet)) table.prefetch_entry(spi_of(packet));
    }
}

/// Nobody looks at one SA before all are asked for.
inline void find_all(InboundBatch& batch, const SpiTable& table) {
    const ChildSa* fetched = nullptr;
    for (InboundPacket& packet : batch.packets()) {
        if (!can_be_esp(packet)) continue;
        packet.child = table.find(spi_of(packet));
        if (packet.child == nullptr || packet.child == fetched) continue;
        packet.child->prefetch_in();
        fetched = packet.child;
    }
}

template <typename KeepEarly>
void look_up_sa(InboundBatch& batch, const SpiTable& table, DropCounters& drops, KeepEarly keep_early) {
    if (table.is_large()) warm_up(batch, table);
    find_all(batch, table);
    const auto take = [&](InboundPacket& packet) {
        return packet.child == nullptr && can_be_esp(packet) && keep_early(*packet.received);
    };
    batch.take_or_keep(drops, take, [&](InboundPacket& packet) -> Verdict {
        if (!can_be_esp(packet)) return DropReason::kRunt;
        if (packet.child == nullptr) return DropReason::kUnknownSpi;
        packet.tunnel = packet.child->tunnel;
        prefetch(packet.child->policy);
        packet.child->in.window.prefetch_word(load_be<std::uint32_t>(packet.received->octets.data() + 4));
        if (packet.received->octets.size() < packet.child->in.key.overhead() + kEspTrailer) return DropReason::kRunt;
        if (packet.child->in.volume.is_used_up()) return DropReason::kLifetimeOver;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
