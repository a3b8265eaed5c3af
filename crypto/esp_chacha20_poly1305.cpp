#include "crypto/esp_chacha20_poly1305.h"

#include "crypto/esp_nonce.h"
#include "crypto/ipsec_mb.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kKeyLength = 32;

}  // namespace

EspChacha20Poly1305::EspChacha20Poly1305(const Secret& key_and_salt) : key_and_salt_(key_and_salt.clone()) {
    require(key_and_salt.size() == kKeyLength + kAeadSaltLength, "a ChaCha20-Poly1305 key for ESP is not of 36 octets");
}

std::uint32_t EspChacha20Poly1305::salt() const {
    std::uint32_t salt;
    std::memcpy(&salt, key_and_salt_.view().data() + kKeyLength, sizeof salt);
    return salt;
}

// The library's context holds keystream and the Poly1305 key of the one packet, nothing of the key: it is left on the
// stack as EspGcm leaves its own. The library takes empty slices for mistakes.

void EspChacha20Poly1305::seal(ByteView aad, const AeadIv& iv, std::span<const Slice> from, std::uint8_t* to,
                               std::uint8_t* icv) const {
    const IMB_MGR& m = direct_calls();
    const std::uint8_t* const key = key_and_salt_.view().data();
    const __m128i nonce = make_nonce(salt(), iv);
    chacha20_poly1305_context_data context;
    m.chacha20_poly1305_init(key, &context, octets(nonce), aad.data(), aad.size());
    for (const Slice slice : from) {
        if (slice.empty()) continue;
        m.chacha20_poly1305_enc_update(key, &context, to, slice.data(), slice.size());
        to += slice.size();
    }
    m.chacha20_poly1305_finalize(&context, icv, kAeadIcvLength);
}

bool EspChacha20Poly1305::open(ByteView aad, const AeadIv& iv, Slice from, std::uint8_t* to, ByteView icv) const {
    const IMB_MGR& m = direct_calls();
    const std::uint8_t* const key = key_and_salt_.view().data();
    const __m128i nonce = make_nonce(salt(), iv);
    chacha20_poly1305_context_data context;
    m.chacha20_poly1305_init(key, &context, octets(nonce), aad.data(), aad.size());
    if (!from.empty()) m.chacha20_poly1305_dec_update(key, &context, to, from.data(), from.size());
    std::uint8_t expected[kAeadIcvLength];
    m.chacha20_poly1305_finalize(&context, expected, kAeadIcvLength);
    if (icv.size() == kAeadIcvLength && equal_icv(expected, icv.data())) [[likely]]
        return true;
    if (!from.empty()) std::memset(to, 0, from.size());  // RFC 5116 2.2: nothing of a plaintext that failed
    return false;
}

}  // namespace esplane::crypto
