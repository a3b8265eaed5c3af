#include "dataplane/pipeline/open.h"

#include <array>

#include "dataplane/packet/ip_header.h"

namespace esplane::dataplane {

Verdict give_slot(InboundPacket& packet, const Slot& slot) {
    packet.slot = slot;
    const InboundSa& sa = packet.child->in;
    packet.text_offset =
        sa.mode == Mode::kTransport ? plain_ip_header_length(packet.received->outer.remote.address.family()) : 0;
    // Stage 2 has seen to it that there is a text.
    packet.slot.length =
        packet.text_offset + static_cast<std::uint32_t>(packet.received->octets.size() - sa.key.overhead());
    if (packet.slot.length > slot.capacity) return DropReason::kTooBig;
    return std::nullopt;
}

void decrypt(std::span<InboundPacket> packets, crypto::EspCipher& cipher) {
    std::array<crypto::OpenJob, kBurst> jobs;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const InboundPacket& packet = packets[i];
        jobs[i] = {.key = &packet.child->in.key,
                   .esn = packet.child->in.esn,
                   .sequence = packet.sequence,
                   .packet = packet.received->octets,
                   .text = packet.slot.octets + packet.text_offset};
    }
    cipher.open(std::span<crypto::OpenJob>(jobs).first(packets.size()));
    for (std::size_t i = 0; i < packets.size(); ++i)
        packets[i].genuine = jobs[i].genuine;
}

}  // namespace esplane::dataplane
