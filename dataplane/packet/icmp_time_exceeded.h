// Telling the sender of a packet that it has no hop left: "time exceeded in transit" (RFC 792, RFC 1812 5.3.1; RFC 4443
// 3.3).
#pragma once

#include "dataplane/packet/icmp_error.h"

namespace esplane::dataplane {

/// Whether that may be said about the packet, which is what parse_inner() read from `octets`.
bool may_say_time_exceeded(const InnerPacket& packet, ByteView octets);

/// Makes the message out of such a packet, where that lies: kLongestIcmpErrorHeaders octets in front of it may be
/// written over. `from` is an address of its family.
MutableByteView make_time_exceeded(const InnerPacket& packet, MutableByteView octets, const IpAddress& from);

}  // namespace esplane::dataplane
