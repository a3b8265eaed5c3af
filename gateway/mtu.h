// How large an inner packet may be so that its ESP packet fits the outer link.
//
//   outer link MTU
//   | outer IP | UDP 8, with NAT-T | ESP header 8 | IV | inner packet ... padding | pad length 1, next header 1 | ICV |
//
// All but the inner packet is fixed, and what is encrypted is a multiple of the cipher's alignment.
#pragma once

#include <cstdint>
#include <vector>

#include "gateway/options.h"

namespace esplane::gateway {

struct EspOverhead {
    std::uint32_t iv = 8;
    std::uint32_t icv = 16;
    std::uint32_t alignment = 4;
};

EspOverhead overhead(crypto::Encr encr, crypto::IntegId integ);

/// 0 when nothing fits.
std::uint32_t inner_mtu(std::uint32_t link_mtu, Family outer, bool udp_encapsulation, EspOverhead overhead);

struct TunnelSizes {
    std::uint32_t mtu = 0;
    std::uint16_t mss_ipv4 = 0;
    std::uint16_t mss_ipv6 = 0;
    friend bool operator==(const TunnelSizes&, const TunnelSizes&) = default;
};

/// `auto` takes the worst of what may be negotiated: the longest overhead of the offered suites, UDP encapsulation,
/// and IPv6 outside when neither end has an address written. A rekey or a NAT that appears then never needs a smaller
/// MTU. `link_mtu` is that of the path to the peer.
TunnelSizes tunnel_sizes(const TunnelOptions& tunnel, std::uint32_t link_mtu);

}  // namespace esplane::gateway
