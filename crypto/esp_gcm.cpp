#include "crypto/esp_gcm.h"

#include <algorithm>

#include "crypto/dense_memory.h"
#include "crypto/esp_nonce.h"
#include "crypto/ipsec_mb.h"
#include "crypto/prefetch.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

/// The direct calls for one key length.
struct Calls {
    aes_gcm_pre_t expand;
    aes_gcm_enc_dec_t seal;
    aes_gcm_enc_dec_t open;
    aes_gcm_init_t begin;
    aes_gcm_enc_dec_update_t seal_slice;
    aes_gcm_enc_dec_finalize_t finish;
};

/// Whether a key has 48 powers of the hash key, of which a short text needs the last; else eight, where those begin.
bool has_many_powers() {
    static const bool many = direct_calls().used_arch >= IMB_ARCH_AVX512;
    return many;
}

const Calls& calls_for(std::size_t key_length) {
    static const IMB_MGR& m = direct_calls();
    static const Calls aes128{m.gcm128_pre,  m.gcm128_enc,        m.gcm128_dec,
                              m.gcm128_init, m.gcm128_enc_update, m.gcm128_enc_finalize};
    static const Calls aes192{m.gcm192_pre,  m.gcm192_enc,        m.gcm192_dec,
                              m.gcm192_init, m.gcm192_enc_update, m.gcm192_enc_finalize};
    static const Calls aes256{m.gcm256_pre,  m.gcm256_enc,        m.gcm256_dec,
                              m.gcm256_init, m.gcm256_enc_update, m.gcm256_enc_finalize};
    require(key_length == 16 || key_length == 24 || key_length == 32, "an AES-GCM key is not of 16, 24 or 32 octets");
    return key_length == 16 ? aes128 : key_length == 24 ? aes192 : aes256;
}

}  // namespace

/// All of a key that a packet touches, in sixteen cache lines: salt and functions take the room that is left of the
/// last, which the library reads for packets of any size.
struct alignas(kCacheLine) EspGcm::Key : Dense {
    gcm_key_data expanded;
    std::uint32_t salt;  ///< in the order of the wire
    const Calls* calls;

    explicit Key(const Secret& key_and_salt);
    ~Key() { wipe({reinterpret_cast<std::uint8_t*>(this), sizeof *this}); }
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;
};

EspGcm::Key::Key(const Secret& key_and_salt) {
    static_assert(sizeof(Key) == std::size_t{16} * 64);
    require(key_and_salt.size() > kSaltLength, "an AES-GCM key for ESP is empty");
    const std::size_t key_length = key_and_salt.size() - kSaltLength;
    calls = &calls_for(key_length);
    calls->expand(key_and_salt.view().data(), &expanded);
    std::memcpy(&salt, key_and_salt.view().data() + key_length, sizeof salt);
}

EspGcm::EspGcm(const Secret& key_and_salt) : key_(std::make_unique<Key>(key_and_salt)) {}
EspGcm::~EspGcm() = default;
EspGcm::EspGcm(EspGcm&&) noexcept = default;
EspGcm& EspGcm::operator=(EspGcm&&) noexcept = default;

void EspGcm::prefetch_for(std::size_t text_octets) const {
    constexpr std::size_t kRoundKeys = sizeof(gcm_key_data::expanded_keys);
    constexpr std::size_t kEndOfPowers = sizeof(gcm_key_data);
    constexpr std::size_t kBlock = 16;
    const auto* const key = reinterpret_cast<const std::uint8_t*>(key_.get());
    prefetch(key, kRoundKeys + kBlock);  // with the first powers
    // One for each block of the text, two for those of the additional data and the lengths.
    const std::size_t powers = (text_octets / kBlock + 3) * kBlock;
    std::size_t at = powers < kEndOfPowers - kRoundKeys ? kEndOfPowers - powers : kRoundKeys;
    if (!has_many_powers()) at = kEndOfPowers;  // of what is there only salt and calls are needed
    at = std::max(at / kCacheLine, (kRoundKeys + kBlock) / kCacheLine) * kCacheLine;
    prefetch(key + at, sizeof(Key) - at);
}

// The library's context is left on the stack uninitialised and unwiped: it is written before it is read, and holds
// nothing of the key, only what belongs to the one packet.

void EspGcm::seal(ByteView aad, const Iv& iv, std::span<const Slice> from, std::uint8_t* to, std::uint8_t* icv) const {
    const Key& key = *key_;
    const __m128i nonce = make_nonce(key.salt, iv);
    gcm_context_data context;
    if (from.size() == 1) {
        key.calls->seal(&key.expanded, &context, to, from[0].data(), from[0].size(), octets(nonce), aad.data(),
                        aad.size(), icv, kIcvLength);
        return;
    }
    key.calls->begin(&key.expanded, &context, octets(nonce), aad.data(), aad.size());
    for (const Slice slice : from) {
        key.calls->seal_slice(&key.expanded, &context, to, slice.data(), slice.size());
        to += slice.size();
    }
    key.calls->finish(&key.expanded, &context, icv, kIcvLength);
}

bool EspGcm::open(ByteView aad, const Iv& iv, Slice from, std::uint8_t* to, ByteView icv) const {
    const Key& key = *key_;
    const __m128i nonce = make_nonce(key.salt, iv);
    gcm_context_data context;
    std::uint8_t expected[kIcvLength];
    key.calls->open(&key.expanded, &context, to, from.data(), from.size(), octets(nonce), aad.data(), aad.size(),
                    expected, kIcvLength);
    if (icv.size() == kIcvLength && equal_icv(expected, icv.data())) [[likely]]
        return true;
    // RFC 5116 2.2: decryption yields a plaintext or a failure, never something of both.
    if (!from.empty()) std::memset(to, 0, from.size());
    return false;
}

}  // namespace esplane::crypto
