// How large an inner packet may be so that its ESP packet fits the outer path.
//
//   path MTU
//   | outer IP | UDP 8, with NAT-T | ESP header 8 | IV | inner packet ... padding | pad length 1, next header 1 | ICV |
//
// All but the inner packet is fixed, and what is encrypted is a multiple of the cipher's alignment. In transport mode
// the inner packet's IP header is the outer one.
#pragma once

#include <cstdint>

#include "crypto/algorithms.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"

namespace esplane::dataplane {

inline constexpr std::uint32_t kLargestMtu = 65535;
inline constexpr std::uint32_t kLeastMtuIpv6 = 1280;  // RFC 8200 5

struct EspOverhead {
    std::uint32_t iv = 8;
    std::uint32_t icv = 16;
    std::uint32_t alignment = 4;
};

EspOverhead overhead(crypto::Encr encr, crypto::IntegId integ);

/// What stands around an inner packet.
struct EspForm {
    EspOverhead esp;
    Family outer = Family::kIpv4;
    Encapsulation encapsulation = Encapsulation::kNone;
    Mode mode = Mode::kTunnel;
};

/// Octets of the longest inner packet, its IP header included; 0 when nothing fits.
std::uint32_t inner_mtu(std::uint32_t path_mtu_bytes, const EspForm& form);

/// What packets of a tunnel are held to: their length, and the MSS of TCP segments (RFC 9293 3.7.1).
struct InnerSizes {
    std::uint32_t mtu = kLargestMtu;
    std::uint16_t mss_ipv4 = 0;  ///< 0: left alone
    std::uint16_t mss_ipv6 = 0;
    friend bool operator==(const InnerSizes&, const InnerSizes&) = default;
};

/// `mss_bytes` of 0: from the MTU. A number is written for both families; it is lowered for IPv6 if the longer header
/// would make it exceed the MTU.
InnerSizes inner_sizes(std::uint32_t mtu_bytes, std::uint32_t mss_bytes);

}  // namespace esplane::dataplane
