// The layout of an ESP packet (RFC 4303 2); IV, block and ICV are as long as the suite's:
//
//   SPI 4 | sequence number 4 | IV | inner packet, padding, pad length 1, next header 1 (encrypted) | ICV
#pragma once

#include <cstdint>

#include "crypto/esp_key.h"

namespace esplane::dataplane {

inline constexpr std::uint32_t kEspHeader = crypto::EspKey::kHeaderLength;
inline constexpr std::uint32_t kEspTrailer = 2;       // pad length and next header
inline constexpr std::uint32_t kLongestBlock = 16;    // of any suite
inline constexpr std::uint32_t kShortestPacket = 26;  // of any suite: header, trailer, ICV of 16
inline constexpr std::uint32_t kLargestDatagram = 65507;

inline constexpr std::uint8_t kNextHeaderIpv4 = 4;
inline constexpr std::uint8_t kNextHeaderIpv6 = 41;
inline constexpr std::uint8_t kNextHeaderNone = 59;

/// Octets of padding behind an inner packet of this length. Blocks are powers of two.
inline std::uint32_t padding_for(const crypto::EspKey& key, std::uint32_t inner) {
    return (0U - (inner + kEspTrailer)) & (static_cast<std::uint32_t>(key.block_length()) - 1U);
}

inline std::uint32_t sealed_length(const crypto::EspKey& key, std::uint32_t inner) {
    return static_cast<std::uint32_t>(key.overhead()) + inner + padding_for(key, inner) + kEspTrailer;
}

}  // namespace esplane::dataplane
