#include "dataplane/pipeline/open.h"

#include <algorithm>

namespace esplane::dataplane {

Verdict open_one(InboundPacket& packet) {
    const InboundSa& sa = packet.child->in;
    const ByteView octets = packet.received->octets;
    const auto text = static_cast<std::uint32_t>(octets.size()) - kEspOverhead;  // stage 2 checked the length
    if (text > packet.slot.capacity) return DropReason::kTooBig;
    crypto::EspGcm::Iv iv;
    std::copy_n(octets.data() + kEspHeader, kEspIv, iv.data());
    const EspAad aad(sa.spi, packet.sequence, sa.esn);
    if (!sa.cipher.open(aad.view(), iv, octets.subspan(kEspHeader + kEspIv, text), packet.slot.octets,
                        octets.last(kEspIcv))) {
        return DropReason::kBadIcv;
    }
    packet.slot.length = text;
    return std::nullopt;
}

}  // namespace esplane::dataplane
