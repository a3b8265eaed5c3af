// The Internet checksum (RFC 1071) and its incremental update (RFC 1624).
#pragma once

#include <cstdint>

#include "crypto/bytes.h"

namespace esplane::dataplane {

/// The one's complement sum of `octets` as 16-bit words in network order, not yet complemented, on top of `sum`. At
/// most 64 KiB, and `sum` from such calls.
std::uint32_t checksum_add(std::uint32_t sum, ByteView octets);

constexpr std::uint16_t checksum_fold(std::uint32_t sum) {
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

constexpr std::uint16_t checksum_finish(std::uint32_t sum) {
    return static_cast<std::uint16_t>(~checksum_fold(sum));
}

/// RFC 1624 eqn. 3: the checksum after one of the words it covers went from `before` to `after`.
constexpr std::uint16_t checksum_update(std::uint16_t checksum, std::uint16_t before, std::uint16_t after) {
    const std::uint32_t sum =
        static_cast<std::uint16_t>(~checksum) + static_cast<std::uint32_t>(static_cast<std::uint16_t>(~before)) + after;
    return checksum_finish(sum);
}

}  // namespace esplane::dataplane
