// IP protocol numbers, as headers name what follows them.
#pragma once

#include <cstdint>

namespace esplane::dataplane {

inline constexpr std::uint8_t kProtocolIcmp = 1;
inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint8_t kProtocolUdp = 17;
inline constexpr std::uint8_t kProtocolIpv6Fragment = 44;
inline constexpr std::uint8_t kProtocolEsp = 50;
inline constexpr std::uint8_t kProtocolIpv6Icmp = 58;

}  // namespace esplane::dataplane
