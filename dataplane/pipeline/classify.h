// Stage 1, inbound: RFC 3948 2. Port 4500 carries ESP, IKE behind four octets of zero, and keepalives of one octet.
#pragma once

#include "dataplane/pipeline/inbound.h"

namespace esplane::dataplane {

inline constexpr std::size_t kNonEspMarker = 4;
inline constexpr std::uint8_t kKeepalive = 0xff;

/// An IKE message behind the non-ESP marker.
inline bool is_ike(const Received& received) {
    return received.encapsulation == Encapsulation::kUdp && received.octets.size() >= kNonEspMarker &&
           load_be<std::uint32_t>(received.octets.data()) == 0;
}

template <typename Punt>
void classify(InboundBatch& batch, DropCounters& drops, Punt punt) {
    const auto take = [&](InboundPacket& packet) {
        return is_ike(*packet.received) && punt(*packet.received, packet.received->octets.subspan(kNonEspMarker));
    };
    batch.take_or_keep(drops, take, [](const InboundPacket& packet) -> Verdict {
        if (packet.received->encapsulation == Encapsulation::kNone) return std::nullopt;
        const ByteView octets = packet.received->octets;
        if (octets.size() == 1 && octets[0] == kKeepalive) return DropReason::kKeepalive;
        if (octets.size() < kNonEspMarker) return DropReason::kRunt;
        if (is_ike(*packet.received)) return DropReason::kControlRingFull;
        return std::nullopt;
    });
}

}  // namespace esplane::dataplane
