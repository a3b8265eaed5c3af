// What a TUN device says of a packet, and is told of one: the virtio-net header (VIRTIO 1.2, 5.1.6). It lets one read
// or write carry a super-packet: many segments of one TCP or UDP flow behind one header.
#pragma once

#include <cstdint>

namespace esplane::dataplane {

/// In the machine's order; without the buffer count that other devices put behind. Linux's own declaration is not C++.
struct OffloadHeader {
    std::uint8_t flags;
    std::uint8_t gso_type;
    std::uint16_t hdr_len;      ///< octets of all headers; a hint
    std::uint16_t gso_size;     ///< octets of payload in each segment but the last
    std::uint16_t csum_start;   ///< where the sum begins
    std::uint16_t csum_offset;  ///< from there to the checksum
};
static_assert(sizeof(OffloadHeader) == 10);

inline constexpr std::uint8_t kOffloadNeedsChecksum = 1;  ///< in `flags`: the field holds the pseudo header's sum only

inline constexpr std::uint8_t kGsoNone = 0;
inline constexpr std::uint8_t kGsoTcpIpv4 = 1;
inline constexpr std::uint8_t kGsoTcpIpv6 = 4;
inline constexpr std::uint8_t kGsoUdp = 5;         ///< Linux 6.2
inline constexpr std::uint8_t kGsoWithEcn = 0x80;  ///< beside TCP: CWR is set

/// For the request TUNSETOFFLOAD (Linux 6.2; Debian 12's headers are older).
inline constexpr unsigned kTunOffloadUdpIpv4 = 0x20;
inline constexpr unsigned kTunOffloadUdpIpv6 = 0x40;

/// Super-packets that a device takes and gives.
struct OffloadSupport {
    bool tcp = false;
    bool udp = false;
    friend OffloadSupport operator&(OffloadSupport a, OffloadSupport b) { return {a.tcp && b.tcp, a.udp && b.udp}; }
};

}  // namespace esplane::dataplane
