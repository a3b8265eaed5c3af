#include "tests/peer/keys.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <stdexcept>

#include "tests/peer/encoding.h"

namespace esplane::peer {

namespace {

constexpr std::size_t kPrfLength = 32;
constexpr std::size_t kKeyLength = 32;
constexpr std::size_t kKeyAndSalt = kKeyLength + 4;
constexpr std::size_t kIcvLength = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

void must(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL failed");
}

/// RFC 5282 4: the nonce is the salt and the explicit IV.
Context gcm(ByteView key_and_salt, ByteView iv, ByteView associated, bool encrypts) {
    Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const Bytes nonce = joined({key_and_salt.subspan(kKeyLength), iv});
    must(EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_and_salt.data(), nonce.data(),
                           encrypts ? 1 : 0) == 1);
    int length = 0;
    must(EVP_CipherUpdate(context.get(), nullptr, &length, associated.data(), static_cast<int>(associated.size())) ==
         1);
    return context;
}

}  // namespace

Bytes prf(ByteView key, ByteView data) {
    Bytes out(kPrfLength);
    must(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(), nullptr) !=
         nullptr);
    return out;
}

Bytes prf_plus(ByteView key, ByteView seed, std::size_t length) {
    Bytes all, last;
    for (std::uint8_t round = 1; all.size() < length; ++round) {
        last = prf(key, joined({last, seed, Bytes{round}}));
        append(all, last);
    }
    all.resize(length);
    return all;
}

IkeKeys ike_keys(ByteView seed, ByteView nonces, ByteView spis) {
    // SK_d | SK_ei | SK_er | SK_pi | SK_pr: with an AEAD there are no SK_a.
    const Bytes all = prf_plus(seed, joined({nonces, spis}), 3 * kPrfLength + 2 * kKeyAndSalt);
    std::size_t at = 0;
    const auto take = [&](std::size_t count) {
        at += count;
        return to_bytes(ByteView(all).subspan(at - count, count));
    };
    IkeKeys keys;
    keys.d = take(kPrfLength);
    keys.ei = take(kKeyAndSalt);
    keys.er = take(kKeyAndSalt);
    keys.pi = take(kPrfLength);
    keys.pr = take(kPrfLength);
    return keys;
}

Keymat keymat(ByteView sk_d, ByteView shared, ByteView nonces) {
    const Bytes all = prf_plus(sk_d, joined({shared, nonces}), 2 * kKeyAndSalt);
    return {to_bytes(ByteView(all).first(kKeyAndSalt)), to_bytes(ByteView(all).subspan(kKeyAndSalt))};
}

Bytes auth_octets(ByteView message, ByteView nonce, ByteView sk_p, ByteView id_body) {
    return joined({message, nonce, prf(sk_p, id_body)});
}

Bytes psk_auth(ByteView psk, ByteView octets) {
    return prf(prf(psk, as_bytes("Key Pad for IKEv2")), octets);
}

Bytes gcm_seal(ByteView key_and_salt, ByteView iv, ByteView associated, ByteView text) {
    const Context context = gcm(key_and_salt, iv, associated, true);
    Bytes sealed(text.size() + kIcvLength);
    int length = 0;
    must(EVP_CipherUpdate(context.get(), sealed.data(), &length, text.data(), static_cast<int>(text.size())) == 1);
    must(EVP_CipherFinal_ex(context.get(), sealed.data() + length, &length) == 1);
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kIcvLength, sealed.data() + text.size()) == 1);
    return sealed;
}

std::optional<Bytes> gcm_open(ByteView key_and_salt, ByteView iv, ByteView associated, ByteView sealed) {
    if (sealed.size() < kIcvLength) return std::nullopt;
    const Context context = gcm(key_and_salt, iv, associated, false);
    const std::size_t text_length = sealed.size() - kIcvLength;
    Bytes text(text_length + 1);  // never empty, so that it has an address
    Bytes tag = to_bytes(sealed.subspan(text_length));
    int length = 0;
    must(EVP_CipherUpdate(context.get(), text.data(), &length, sealed.data(), static_cast<int>(text_length)) == 1);
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kIcvLength, tag.data()) == 1);
    if (EVP_CipherFinal_ex(context.get(), text.data() + length, &length) != 1) return std::nullopt;
    text.resize(text_length);
    return text;
}

}  // namespace esplane::peer
