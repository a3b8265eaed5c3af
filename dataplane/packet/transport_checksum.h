// The checksum of what IPv6 carries: the pseudo-header counts (RFC 8200 8.1).
#pragma once

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {

/// Of the part of an IPv6 packet from `at` on, which is `protocol`'s. Zero if that part holds its own, right checksum.
inline std::uint16_t ipv6_checksum(ByteView packet, std::size_t at, std::uint8_t protocol) {
    const ByteView part = packet.subspan(at);
    const auto length = static_cast<std::uint32_t>(part.size());
    return checksum_finish(checksum_add(checksum_add(length + protocol, packet.subspan(8, 32)), part));
}

}  // namespace esplane::dataplane
