// The Internet checksum (RFC 1071) and its incremental update (RFC 1624).
#pragma once

#include <cstdint>

#include "crypto/bytes.h"

namespace esplane::dataplane {

/// The one's complement sum of `octets` as 16-bit words in network order, not yet complemented, on top of `sum`.
inline std::uint32_t checksum_add(std::uint32_t sum, ByteView octets) {
    std::size_t i = 0;
    for (; i + 1 < octets.size(); i += 2)
        sum += load_be<std::uint16_t>(octets.data() + i);
    if (i < octets.size()) sum += static_cast<std::uint32_t>(octets[i] << 8);
    return sum;
}

inline std::uint16_t checksum_finish(std::uint32_t sum) {
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

/// RFC 1624 eqn. 3: the checksum after one of the words it covers went from `before` to `after`.
inline std::uint16_t checksum_update(std::uint16_t checksum, std::uint16_t before, std::uint16_t after) {
    const std::uint32_t sum =
        static_cast<std::uint16_t>(~checksum) + static_cast<std::uint32_t>(static_cast<std::uint16_t>(~before)) + after;
    return checksum_finish(sum);
}

}  // namespace esplane::dataplane
