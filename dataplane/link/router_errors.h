// What the gateway, as the router that it is, says to the senders of packets that it cannot pass on.
#pragma once

#include <vector>

#include "dataplane/link/port_setup.h"
#include "dataplane/packet/icmp_time_exceeded.h"
#include "dataplane/packet/icmp_too_big.h"

namespace esplane::dataplane {

/// Each makes the message out of a whole IP packet, where that lies: kLongestIcmpErrorHeaders octets in front of it may
/// be written over. It says to be from an address of `port`: that which the packet came in by, or was to leave by.
/// Empty, and the packet is as it was, when it may not be answered, or not at this moment.
class RouterErrors {
  public:
    /// `ports` are all of the gateway's.
    explicit RouterErrors(const std::vector<PortSetup>& ports);

    /// It has no hop left (RFC 1812 5.3.1, RFC 4443 3.3): traceroute finds the gateway by that.
    MutableByteView time_exceeded(MutableByteView packet, const PortSetup& port, TimePoint now);
    /// It is too long for the link of `port`, and may not be fragmented (RFC 1191 4, RFC 4443 3.2).
    MutableByteView too_big(MutableByteView packet, const PortSetup& port, TimePoint now);

  private:
    /// Who speaks of the packet, an address of the port's; null when nobody may.
    const PortAddress* speaker_about(const InnerPacket& packet, const PortSetup& port) const;

    std::vector<PortAddress> own_;
    TokenBucket allowance_ = icmp_error_allowance();
};

}  // namespace esplane::dataplane
