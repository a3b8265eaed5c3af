// What the AEADs of ESP have in common: RFC 4106, RFC 4543 and RFC 7634 put the nonce together alike, from an implicit
// salt and an explicit IV, and truncate nothing of the ICV.
#pragma once

#include <array>

#include "crypto/slices.h"

namespace esplane::crypto {

inline constexpr std::size_t kAeadIvLength = 8;
inline constexpr std::size_t kAeadIcvLength = 16;
inline constexpr std::size_t kAeadSaltLength = 4;

using AeadIv = std::array<std::uint8_t, kAeadIvLength>;

}  // namespace esplane::crypto
