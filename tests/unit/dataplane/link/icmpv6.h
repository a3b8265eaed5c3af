// ICMPv6 packets for tests, with a checksum of the tests' own.
#pragma once

#include "tests/unit/dataplane/link/frames.h"

namespace esplane::dataplane::test {

/// Of the message behind a plain IPv6 header, by a pseudo-header written out in full (RFC 8200 8.1).
inline std::uint32_t icmpv6_residue(ByteView packet) {
    Bytes all = to_bytes(packet.subspan(8, 32));
    all.resize(40);
    store_be(all.data() + 32, static_cast<std::uint32_t>(packet.size() - 40));
    all[39] = 58;
    append(all, packet.subspan(40));
    return checksum_residue(all);
}

inline void set_icmpv6_checksum(Bytes& packet) {
    store_be(packet.data() + 42, std::uint16_t{0});
    store_be(packet.data() + 42, static_cast<std::uint16_t>(65535 - icmpv6_residue(packet)));
}

/// With a right checksum.
inline Bytes icmpv6(const IpAddress& source, const IpAddress& destination, std::uint8_t hop_limit, ByteView message) {
    Bytes packet = ipv6(source, destination, 58, message);
    packet[7] = hop_limit;
    set_icmpv6_checksum(packet);
    return packet;
}

/// Type 135 or 136, `flags` being an advertisement's: as RFC 4861 4.3 and 4.4 draw them.
inline Bytes discovery(std::uint8_t type, std::uint8_t flags, const IpAddress& target, ByteView options = {}) {
    Bytes message(8);
    message[0] = type;
    message[4] = flags;
    append(message, target.octets());
    append(message, options);
    return message;
}

/// 1: of the source; 2: of the target.
inline Bytes mac_option(std::uint8_t type, const MacAddress& mac) {
    Bytes option{type, 1};
    append(option, octets_of(mac));
    return option;
}

}  // namespace esplane::dataplane::test
