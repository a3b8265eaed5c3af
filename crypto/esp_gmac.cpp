#include "crypto/esp_gmac.h"

#include "crypto/esp_nonce.h"
#include "crypto/ipsec_mb.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

/// The direct calls for one key length.
struct Calls {
    aes_gcm_pre_t expand;
    aes_gmac_init_t begin;
    aes_gmac_update_t add;
    aes_gmac_finalize_t finish;
};

Calls calls_for(std::size_t key_length) {
    const IMB_MGR& m = direct_calls();
    require(key_length == 16 || key_length == 24 || key_length == 32, "an AES-GMAC key is not of 16, 24 or 32 octets");
    if (key_length == 16) return {m.gcm128_pre, m.gmac128_init, m.gmac128_update, m.gmac128_finalize};
    if (key_length == 24) return {m.gcm192_pre, m.gmac192_init, m.gmac192_update, m.gmac192_finalize};
    return {m.gcm256_pre, m.gmac256_init, m.gmac256_update, m.gmac256_finalize};
}

}  // namespace

struct alignas(64) EspGmac::Key {
    gcm_key_data expanded;
    std::uint32_t salt;  ///< in the order of the wire
    Calls calls;

    explicit Key(const Secret& key_and_salt);
    ~Key() { wipe({reinterpret_cast<std::uint8_t*>(this), sizeof *this}); }
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;

    /// RFC 4543 3.3: SPI, sequence number, IV and all that would be encrypted are authenticated.
    void compute(ByteView aad, const AeadIv& iv, ByteView text, std::uint8_t* icv) const;
};

EspGmac::Key::Key(const Secret& key_and_salt) {
    require(key_and_salt.size() > kAeadSaltLength, "an AES-GMAC key for ESP is empty");
    const std::size_t key_length = key_and_salt.size() - kAeadSaltLength;
    calls = calls_for(key_length);
    calls.expand(key_and_salt.view().data(), &expanded);
    std::memcpy(&salt, key_and_salt.view().data() + key_length, sizeof salt);
}

void EspGmac::Key::compute(ByteView aad, const AeadIv& iv, ByteView text, std::uint8_t* icv) const {
    const __m128i nonce = make_nonce(salt, iv);
    gcm_context_data context;
    calls.begin(&expanded, &context, octets(nonce), kAeadSaltLength + kAeadIvLength);
    calls.add(&expanded, &context, aad.data(), aad.size());
    calls.add(&expanded, &context, iv.data(), iv.size());
    if (!text.empty()) calls.add(&expanded, &context, text.data(), text.size());
    calls.finish(&expanded, &context, icv, kAeadIcvLength);
}

EspGmac::EspGmac(const Secret& key_and_salt) : key_(std::make_unique<Key>(key_and_salt)) {}
EspGmac::~EspGmac() = default;
EspGmac::EspGmac(EspGmac&&) noexcept = default;
EspGmac& EspGmac::operator=(EspGmac&&) noexcept = default;

void EspGmac::seal(ByteView aad, const AeadIv& iv, std::span<const Slice> from, std::uint8_t* to,
                   std::uint8_t* icv) const {
    key_->compute(aad, iv, {to, gather(from, to)}, icv);
}

bool EspGmac::open(ByteView aad, const AeadIv& iv, Slice from, std::uint8_t* to, ByteView icv) const {
    std::uint8_t expected[kAeadIcvLength];
    key_->compute(aad, iv, from, expected);
    const bool genuine = icv.size() == kAeadIcvLength && equal_icv(expected, icv.data());
    if (from.empty()) return genuine;
    if (genuine) {
        std::memmove(to, from.data(), from.size());
    } else {
        std::memset(to, 0, from.size());
    }
    return genuine;
}

}  // namespace esplane::crypto
