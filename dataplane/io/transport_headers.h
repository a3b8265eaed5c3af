// Where IP, TCP and UDP keep what segmentation and coalescing change.
#pragma once

#include <cstdint>

#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {

inline constexpr std::size_t kIpv4Header = 20;
inline constexpr std::size_t kIpv4LengthAt = 2;
inline constexpr std::size_t kIpv4IdAt = 4;
inline constexpr std::size_t kIpv4FragmentAt = 6;
inline constexpr std::size_t kIpv4ChecksumAt = 10;
inline constexpr std::uint16_t kIpv4DontFragment = 0x4000;
inline constexpr std::size_t kIpv6Header = 40;
inline constexpr std::size_t kIpv6LengthAt = 4;

inline constexpr std::size_t kTcpHeader = 20;
inline constexpr std::size_t kTcpSequenceAt = 4;
inline constexpr std::size_t kTcpOffsetAt = 12;
inline constexpr std::size_t kTcpFlagsAt = 13;
inline constexpr std::size_t kTcpChecksumAt = 16;
inline constexpr std::uint8_t kTcpFin = 0x01;
inline constexpr std::uint8_t kTcpPsh = 0x08;
inline constexpr std::uint8_t kTcpAck = 0x10;
inline constexpr std::uint8_t kTcpCwr = 0x80;

inline constexpr std::size_t kUdpHeader = 8;
inline constexpr std::size_t kUdpLengthAt = 4;
inline constexpr std::size_t kUdpChecksumAt = 6;

/// Sets the length fields of an IP header without extension headers, and IPv4's checksum.
inline void set_ip_length(std::uint8_t* packet, std::size_t length) {
    if (packet[0] >> 4 == 6) {
        store_be(packet + kIpv6LengthAt, static_cast<std::uint16_t>(length - kIpv6Header));
        return;
    }
    store_be(packet + kIpv4LengthAt, static_cast<std::uint16_t>(length));
    store_be(packet + kIpv4ChecksumAt, std::uint16_t{0});
    const std::size_t header = (packet[0] & 0x0fU) * 4U;
    store_be(packet + kIpv4ChecksumAt, checksum_finish(checksum_add(0, {packet, header})));
}

}  // namespace esplane::dataplane
