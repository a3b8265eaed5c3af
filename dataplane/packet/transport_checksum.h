// The checksums of TCP, UDP and ICMPv6, which count a pseudo-header (RFC 9293 3.1, RFC 768, RFC 8200 8.1).
#pragma once

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {

/// Of the addresses in the IP header that begins at `packet`, the protocol, and the length of its header and payload.
inline std::uint32_t pseudo_header_sum(ByteView packet, std::uint8_t protocol, std::size_t transport_length) {
    const bool v4 = packet[0] >> 4 == 4;
    const ByteView addresses = v4 ? packet.subspan(12, 8) : packet.subspan(8, 32);
    return checksum_add(protocol + static_cast<std::uint32_t>(transport_length), addresses);
}

/// Of the part of a packet from `at` on, which is `protocol`'s. Zero if that part holds its own, right checksum.
inline std::uint16_t transport_checksum(ByteView packet, std::size_t at, std::uint8_t protocol) {
    const ByteView part = packet.subspan(at);
    return checksum_finish(checksum_add(pseudo_header_sum(packet, protocol, part.size()), part));
}

}  // namespace esplane::dataplane
