// Stage 2, inbound: RFC 4303 3.4.2.
#pragma once

#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

template <typename KeepEarly>
void look_up_sa(InboundBatch& batch, const SpiTable& table, DropCounters& drops, KeepEarly keep_early) {
    const auto is_long_enough = [](const InboundPacket& packet) {
        return packet.received->octets.size() >= kEspOverhead + kEspTrailer;
    };
    const auto take = [&](InboundPacket& packet) {
        if (!is_long_enough(packet)) return false;
        packet.child = table.find(Spi{load_be<std::uint32_t>(packet.received->octets.data())});
        return packet.child == nullptr && keep_early(*packet.received);
    };
    batch.take_or_keep(drops, take, [&](InboundPacket& packet) -> Verdict {
        if (!is_long_enough(packet)) return DropReason::kRunt;
        if (packet.child == nullptr) return DropReason::kUnknownSpi;
        packet.tunnel = packet.child->tunnel;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
