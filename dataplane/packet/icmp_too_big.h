// Telling the sender of a packet that it does not fit the tunnel: ICMP "fragmentation needed" (RFC 792, RFC 1191 4) and
// ICMPv6 "packet too big" (RFC 4443 3.2).
#pragma once

#include <cstdint>

#include "crypto/bytes.h"
#include "dataplane/packet/inner_packet.h"

namespace esplane::dataplane {

/// Octets that any such message fits.
inline constexpr std::size_t kLongestTooBig = 1280;

/// Whether an ICMP error may answer this packet at all (RFC 1122 3.2.2, RFC 1812 4.3.2.7, RFC 4443 2.4 e). `packet` is
/// what parse_inner() read from `octets`. What it cannot tell for sure it answers with no.
bool may_answer_with_error(const InnerPacket& packet, ByteView octets);

/// Writes the whole message to `out`, of at least kLongestTooBig octets, and returns its length; 0 when no error may
/// answer the packet. `from` is an address of the packet's family. What is reported is at least 1280 for IPv6
/// (RFC 8200 5): a tunnel that carries less has to fragment its outer packets. IPv4 packets without DF are the
/// caller's to fragment instead.
std::size_t build_too_big(const InnerPacket& packet, ByteView octets, const IpAddress& from, std::uint32_t mtu_bytes,
                          MutableByteView out);

}  // namespace esplane::dataplane
