// Answering ping: ICMP echo (RFC 792, RFC 1122 3.2.2.6) and ICMPv6 echo (RFC 4443 4.1, 4.2) to an address of ours.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/bytes.h"
#include "dataplane/dpdk/options.h"

namespace esplane::dataplane {

/// Whether the IP packet, which may be followed by other octets, is an echo request in one piece to one of `ours`,
/// right or not.
bool is_echo_request(ByteView packet, std::span<const PortAddress> ours);

/// Turns such a request into its reply, where it lies; returns the reply's length, which is the request's. 0, and the
/// packet is as it was, when a checksum is wrong, the code is not 0, the source is not one other host's, an IPv4 packet
/// is source-routed (RFC 7126 4.3) or an IPv6 one has extension headers. Other IPv4 options stay as they are.
std::uint32_t answer_echo(MutableByteView packet, std::span<const PortAddress> ours);

}  // namespace esplane::dataplane
