// Plain IP headers: without options (RFC 791 3.1) or extension headers (RFC 8200 3).
#pragma once

#include <cstdint>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"

namespace esplane::dataplane {

constexpr std::uint32_t plain_ip_header_length(Family family) {
    return family == Family::kIpv4 ? 20 : 40;
}

/// Of the packet that begins at `packet`, whose header parse_inner() has accepted: with IPv4's options, without IPv6's
/// extension headers.
inline std::uint32_t ip_header_length(ByteView packet) {
    return packet[0] >> 4 == 4 ? (packet[0] & 0x0fU) * 4U : 40;
}
/// The protocol that follows that header; of IPv6 it may be an extension header.
inline std::uint8_t ip_header_protocol(ByteView packet) {
    return packet[0] >> 4 == 4 ? packet[9] : packet[6];
}

struct IpHeader {
    IpAddress source;
    IpAddress destination;  ///< of the same family
    std::uint8_t protocol = 0;
    std::uint8_t traffic_class = 0;
    std::uint8_t hop_limit = 64;
    std::uint16_t payload_bytes = 0;  ///< IPv4: at most 65515
};

/// Writes plain_ip_header_length() octets, IPv4's checksum included. An IPv4 packet has DF and no identification (RFC
/// 6864 4.1: it is atomic).
void write_ip_header(const IpHeader& header, std::uint8_t* to);

}  // namespace esplane::dataplane
