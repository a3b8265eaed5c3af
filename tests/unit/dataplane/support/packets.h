// Plain IP packets for tests, with every checksum and length right unless a test breaks it.
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"

namespace esplane::dataplane::test {

/// The address that `text` says; the test is wrong if it says none.
IpAddress address(std::string_view text);

Bytes filler(std::size_t length);  ///< 0, 1, 2, ... modulo 251

/// An IPv4 packet with `options` (a multiple of 4 octets) and `fragment`: flags and offset as on the wire.
Bytes ipv4(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol, ByteView payload,
           std::uint16_t fragment = 0, ByteView options = {});
/// An IPv6 packet; extension headers are the caller's, in `payload`.
Bytes ipv6(const IpAddress& source, const IpAddress& destination, std::uint8_t next_header, ByteView payload);
/// One or the other, by the family of `source`.
Bytes ip(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol, ByteView payload);

Bytes udp(std::uint16_t source_port, std::uint16_t destination_port, ByteView payload);
/// A TCP segment without checksum. `options` is a multiple of 4 octets.
Bytes tcp(std::uint8_t flags, ByteView options, ByteView payload = {});
/// Fills in the checksum of the TCP segment that begins at `offset`; every octet summed anew.
void set_tcp_checksum(Bytes& packet, std::size_t offset);
/// Whether that checksum is right, summed anew.
bool tcp_checksum_is_right(const Bytes& packet, std::size_t offset);

inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kAck = 0x10;

}  // namespace esplane::dataplane::test
