// The nonce and the comparison of ICVs that the AEADs of ESP share, in few instructions. Internal to crypto/.
#pragma once

#include <emmintrin.h>

#include "crypto/esp_aead.h"

namespace esplane::crypto {

/// salt | IV (RFC 4106 4, RFC 4543 3.2, RFC 7634 2), in the first 12 octets. It is put together in a register so that
/// it reaches memory as one store: the library loads it whole, and a load that spans two younger stores must wait for
/// both to reach the cache. `salt` is in the order of the wire.
inline __m128i make_nonce(std::uint32_t salt, const AeadIv& iv) {
    const __m128i behind_salt = _mm_slli_si128(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(iv.data())), 4);
    return _mm_or_si128(behind_salt, _mm_cvtsi32_si128(static_cast<int>(salt)));
}

inline const std::uint8_t* octets(const __m128i& block) {
    return reinterpret_cast<const std::uint8_t*>(&block);
}

/// Compares two ICVs without a branch on what they hold; equal_constant_time() in the few instructions it takes here.
inline bool equal_icv(const std::uint8_t* a, const std::uint8_t* b) {
    std::uint64_t left[2];
    std::uint64_t right[2];
    std::memcpy(left, a, sizeof left);
    std::memcpy(right, b, sizeof right);
    return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
}

}  // namespace esplane::crypto
