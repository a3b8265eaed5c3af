// Telling the sender of a packet that it does not fit the tunnel: ICMP "fragmentation needed" (RFC 792, RFC 1191 4) and
// ICMPv6 "packet too big" (RFC 4443 3.2).
#pragma once

#include "dataplane/packet/icmp_error.h"

namespace esplane::dataplane {

/// Makes the message out of a packet that may_answer_with_error(), where that lies: kLongestIcmpErrorHeaders octets in
/// front of it may be written over. `from` is an address of its family.
MutableByteView make_too_big(const InnerPacket& packet, MutableByteView octets, const IpAddress& from,
                             std::uint32_t mtu_bytes);

/// Writes the whole message to `out`, of at least kLongestIcmpError octets, and returns its length; 0 when no error may
/// answer the packet, which is what parse_inner() read from `octets`. `from` is an address of the packet's family. What
/// is reported is at least 1280 for IPv6 (RFC 8200 5): a tunnel that carries less has to fragment its outer packets.
/// IPv4 packets without DF are the caller's to fragment instead.
std::size_t build_too_big(const InnerPacket& packet, ByteView octets, const IpAddress& from, std::uint32_t mtu_bytes,
                          MutableByteView out);

}  // namespace esplane::dataplane
