// The octet that IPv4 calls type of service and IPv6 traffic class: six bits of DSCP (RFC 2474), two of ECN (RFC 3168).
#pragma once

#include <cstdint>

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {

/// Of the packet that begins at `packet`, whose header parse_inner() has accepted.
inline std::uint8_t traffic_class(ByteView packet) {
    if (packet[0] >> 4 == 4) return packet[1];
    return static_cast<std::uint8_t>(load_be<std::uint16_t>(packet.data()) >> 4);
}

/// Writes it, and keeps IPv4's header checksum as right or as wrong as it was.
inline void set_traffic_class(MutableByteView packet, std::uint8_t traffic_class) {
    const auto before = load_be<std::uint16_t>(packet.data());
    const bool v4 = before >> 12 == 4;
    const auto after =
        static_cast<std::uint16_t>(v4 ? (before & 0xff00) | traffic_class : (before & 0xf00f) | traffic_class << 4);
    if (after == before) return;
    store_be(packet.data(), after);
    if (!v4) return;  // RFC 8200 3: no checksum
    const auto checksum = load_be<std::uint16_t>(packet.data() + 10);
    store_be(packet.data() + 10, checksum_update(checksum, before, after));
}

}  // namespace esplane::dataplane
