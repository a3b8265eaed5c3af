// The layout of an ESP packet with AES-GCM (RFC 4303 2, RFC 4106 3 and 5):
//
//   SPI 4 | sequence number 4 | IV 8 | inner packet, padding, pad length 1, next header 1 (encrypted) | ICV 16
#pragma once

#include <array>
#include <cstdint>

#include "crypto/esp_gcm.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

inline constexpr std::uint32_t kEspHeader = 8;
inline constexpr std::uint32_t kEspIv = crypto::EspGcm::kIvLength;
inline constexpr std::uint32_t kEspIcv = crypto::EspGcm::kIcvLength;
inline constexpr std::uint32_t kEspOverhead = kEspHeader + kEspIv + kEspIcv;
inline constexpr std::uint32_t kEspAlignment = 4;  // RFC 4303 2.4: for a stream cipher, too
inline constexpr std::uint32_t kEspTrailer = 2;    // pad length and next header
inline constexpr std::uint32_t kLargestDatagram = 65507;

inline constexpr std::uint8_t kNextHeaderIpv4 = 4;
inline constexpr std::uint8_t kNextHeaderIpv6 = 41;
inline constexpr std::uint8_t kNextHeaderNone = 59;

/// Octets of padding behind an inner packet of this length.
constexpr std::uint32_t padding_for(std::uint32_t inner) {
    return (kEspAlignment - (inner + kEspTrailer) % kEspAlignment) % kEspAlignment;
}

constexpr std::uint32_t sealed_length(std::uint32_t inner) {
    return kEspOverhead + inner + padding_for(inner) + kEspTrailer;
}

/// Additional authenticated data: SPI and sequence number, with its high half if extended (RFC 4106 5).
struct EspAad {
    std::array<std::uint8_t, 12> octets;
    std::size_t length;

    EspAad(Spi spi, std::uint64_t sequence, bool esn) : length(esn ? 12 : 8) {
        store_be(octets.data(), to_number(spi));
        if (esn) {
            store_be(octets.data() + 4, sequence);
        } else {
            store_be(octets.data() + 4, static_cast<std::uint32_t>(sequence));
        }
    }
    ByteView view() const { return {octets.data(), length}; }
};

}  // namespace esplane::dataplane
