// Tells the senders of packets that are too big for their tunnel what fits (RFC 1191 4, RFC 4443 3.2).
//
// As if by the host that the packet was for: an answer from an address of our own would look forged to the kernel,
// which gets it from the device.
#pragma once

#include <span>

#include "dataplane/packet/icmp_too_big.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {

class TooBigAnswers {
  public:
    /// Writes an answer to each refused packet into the slots, in order, as many as may be sent now; returns how many.
    /// `slots` holds at least as many as are refused.
    std::size_t write(std::span<const OutboundPacket> refused, std::span<Slot> slots, TimePoint now) {
        std::size_t count = 0;
        for (const OutboundPacket& packet : refused) {
            if (!allowance_.take(now)) break;
            Slot& slot = slots[count];
            slot.port = packet.received->port;
            slot.length = static_cast<std::uint32_t>(
                build_too_big(packet.inner, packet.received->octets, packet.inner.destination,
                              packet.child->out.sizes.mtu, {slot.octets, slot.capacity}));
            if (slot.length > 0) ++count;
        }
        return count;
    }

  private:
    TokenBucket allowance_ = icmp_error_allowance();
};

}  // namespace esplane::dataplane
