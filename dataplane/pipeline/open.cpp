#include "dataplane/pipeline/open.h"

#include "dataplane/packet/ip_header.h"
#include "dataplane/pipeline/scratch.h"

namespace esplane::dataplane {

Verdict give_slot(InboundPacket& packet, const Slot& slot) {
    packet.slot = slot;
    const InboundSa& sa = packet.child->in;
    packet.text_offset =
        sa.mode == Mode::kTransport ? plain_ip_header_length(packet.received->outer.remote.address.family()) : 0;
    // Stage 2 has seen to it that there is a text.
    packet.slot.length =
        packet.text_offset + static_cast<std::uint32_t>(packet.received->octets.size() - sa.key.overhead());
    if (slot.capacity == 0) return DropReason::kNoBuffer;
    if (packet.slot.length > slot.capacity) return DropReason::kTooBig;
    return std::nullopt;
}

void decrypt(std::span<InboundPacket> packets, crypto::EspCipher& cipher) {
    Scratch<crypto::OpenJob> jobs;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const InboundPacket& packet = packets[i];
        jobs.make(i, &packet.child->in.key, packet.child->in.esn, packet.sequence, packet.received->octets,
                  packet.slot.octets + packet.text_offset);
    }
    const std::span<crypto::OpenJob> all = jobs.first(packets.size());
    cipher.open(all);
    for (std::size_t i = 0; i < packets.size(); ++i)
        packets[i].genuine = all[i].genuine;
}

}  // namespace esplane::dataplane
