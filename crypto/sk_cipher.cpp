#include "crypto/sk_cipher.h"

#include <array>
#include <limits>

#include "crypto/hmac.h"
#include "crypto/openssl.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

enum class Direction { kDecrypt = 0, kEncrypt = 1 };

/// Fetched once: looking an algorithm up by name costs more than sealing a message with it.
const EVP_CIPHER* cipher_of(Encr encr) {
    const auto fetch = [](const char* name) { return Cipher(EVP_CIPHER_fetch(nullptr, name, nullptr)); };
    static const std::array cbc{fetch("AES-128-CBC"), fetch("AES-192-CBC"), fetch("AES-256-CBC")};
    static const std::array gcm{fetch("AES-128-GCM"), fetch("AES-192-GCM"), fetch("AES-256-GCM")};
    const auto& ciphers = is_aead(encr.id) ? gcm : cbc;
    const EVP_CIPHER* cipher = ciphers.at((key_length(encr) - 16) / 8).get();
    require(cipher != nullptr, "OpenSSL has no AES");
    return cipher;
}

CipherContext begin(Encr encr, Direction direction, const std::uint8_t* key, const std::uint8_t* iv) {
    CipherContext context(EVP_CIPHER_CTX_new());
    const int encrypt = direction == Direction::kEncrypt ? 1 : 0;
    require(context && EVP_CipherInit_ex2(context.get(), cipher_of(encr), key, iv, encrypt, nullptr) == 1,
            "OpenSSL refused an AES key");
    return context;
}

/// Runs `from` through the cipher, to `to` when it is not null.
bool update(const CipherContext& context, std::uint8_t* to, ByteView from) {
    int length = 0;
    return from.empty() ||
           EVP_CipherUpdate(context.get(), to, &length, from.data(), static_cast<int>(from.size())) == 1;
}

bool finish(const CipherContext& context) {
    std::array<std::uint8_t, EVP_MAX_BLOCK_LENGTH> rest;
    int length = 0;
    return EVP_CipherFinal_ex(context.get(), rest.data(), &length) == 1 && length == 0;
}

/// A message cut as RFC 7296 3.14 lays it out: header | IV | ciphertext | ICV.
struct Layout {
    MutableByteView header;
    MutableByteView iv;
    MutableByteView text;
    MutableByteView icv;
};

/// Empty when the message is too short for its parts, or too long for OpenSSL's lengths.
std::optional<Layout> cut(MutableByteView message, std::size_t associated, std::size_t iv, std::size_t icv) {
    if (message.size() < iv + icv || message.size() - iv - icv < associated) return std::nullopt;
    if (message.size() > std::numeric_limits<int>::max()) return std::nullopt;
    const std::size_t text = message.size() - associated - iv - icv;
    return Layout{message.first(associated), message.subspan(associated, iv), message.subspan(associated + iv, text),
                  message.last(icv)};
}

/// AES-CBC, then HMAC over all that stands before the ICV (RFC 7296 3.14).
class CbcHmac final : public SkCipher {
  public:
    CbcHmac(Encr encr, IntegId integ, Secret sk_e, Secret sk_a)
        : encr_(encr), integ_(integ), sk_e_(std::move(sk_e)), sk_a_(std::move(sk_a)) {}

    std::size_t iv_length() const override { return crypto::iv_length(encr_.id); }
    std::size_t icv_length() const override { return crypto::icv_length(integ_); }
    std::size_t block_length() const override { return crypto::block_length(encr_.id); }

    void seal(MutableByteView message, std::size_t associated) const override {
        const auto layout = cut(message, associated, iv_length(), icv_length());
        require(layout && layout->text.size() % block_length() == 0, "a message to seal is not laid out for CBC");
        require(transform(Direction::kEncrypt, *layout), "OpenSSL failed to encrypt with AES-CBC");
        compute_icv(message, layout->icv);
    }

    std::optional<MutableByteView> open(MutableByteView message, std::size_t associated) const override {
        const auto layout = cut(message, associated, iv_length(), icv_length());
        if (!layout || layout->text.size() % block_length() != 0) return std::nullopt;
        std::array<std::uint8_t, 32> expected;
        const MutableByteView icv(expected.data(), icv_length());
        compute_icv(message, icv);
        if (!equal_constant_time(icv, layout->icv)) return std::nullopt;
        if (!transform(Direction::kDecrypt, *layout)) return std::nullopt;
        return layout->text;
    }

  private:
    bool transform(Direction direction, const Layout& layout) const {
        const auto context = begin(encr_, direction, sk_e_.view().data(), layout.iv.data());
        // The padding of RFC 7296 3.14 is part of the text, not OpenSSL's.
        return EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 && update(context, layout.text.data(), layout.text) &&
               finish(context);
    }

    void compute_icv(ByteView message, MutableByteView icv) const {
        Hmac hmac(hash_of(integ_), sk_a_.view());
        hmac.update(message.first(message.size() - icv.size()));
        hmac.finish(icv);
    }

    Encr encr_;
    IntegId integ_;
    Secret sk_e_;
    Secret sk_a_;
};

/// AES-GCM with nonce salt | IV; the header is the associated data (RFC 5282 4 and 5.1).
class Gcm final : public SkCipher {
  public:
    Gcm(Encr encr, Secret sk_e) : encr_(encr), sk_e_(std::move(sk_e)) {}

    std::size_t iv_length() const override { return crypto::iv_length(encr_.id); }
    std::size_t icv_length() const override { return crypto::icv_length(encr_.id); }
    std::size_t block_length() const override { return 1; }  // RFC 5282 3: no padding is needed

    void seal(MutableByteView message, std::size_t associated) const override {
        const auto layout = cut(message, associated, iv_length(), icv_length());
        require(layout.has_value(), "a message to seal is not laid out for GCM");
        const auto context = begin_with(Direction::kEncrypt, *layout);
        require(update(context, nullptr, layout->header) && update(context, layout->text.data(), layout->text) &&
                    finish(context) && exchange_tag(context, EVP_CTRL_AEAD_GET_TAG, layout->icv),
                "OpenSSL failed to encrypt with AES-GCM");
    }

    std::optional<MutableByteView> open(MutableByteView message, std::size_t associated) const override {
        const auto layout = cut(message, associated, iv_length(), icv_length());
        if (!layout) return std::nullopt;
        const DropErrors drop_errors;
        const auto context = begin_with(Direction::kDecrypt, *layout);
        const bool genuine = exchange_tag(context, EVP_CTRL_AEAD_SET_TAG, layout->icv) &&
                             update(context, nullptr, layout->header) &&
                             update(context, layout->text.data(), layout->text) && finish(context);
        if (genuine) return layout->text;
        wipe(layout->text);  // OpenSSL decrypts before it has seen the whole: nothing of that may be used
        return std::nullopt;
    }

  private:
    CipherContext begin_with(Direction direction, const Layout& layout) const {
        const std::size_t key = key_length(encr_);
        std::array<std::uint8_t, 12> nonce;
        std::memcpy(nonce.data(), sk_e_.view().data() + key, salt_length(encr_.id));
        std::memcpy(nonce.data() + salt_length(encr_.id), layout.iv.data(), layout.iv.size());
        return begin(encr_, direction, sk_e_.view().data(), nonce.data());
    }

    static bool exchange_tag(const CipherContext& context, int control, MutableByteView icv) {
        return EVP_CIPHER_CTX_ctrl(context.get(), control, static_cast<int>(icv.size()), icv.data()) == 1;
    }

    Encr encr_;
    Secret sk_e_;
};

}  // namespace

std::unique_ptr<SkCipher> SkCipher::create(Encr encr, IntegId integ, Secret sk_e, Secret sk_a) {
    if (encr.id != EncrId::kAesCbc && encr.id != EncrId::kAesGcm16) return nullptr;
    if (sk_e.size() != key_length(encr) + salt_length(encr.id) || sk_a.size() != key_length(integ)) return nullptr;
    // RFC 7296 3.3 and RFC 5282 8: integrity comes from the AEAD itself, or else from a transform that there MUST be.
    if (is_aead(encr.id) != (integ == IntegId::kNone)) return nullptr;
    if (is_aead(encr.id)) return std::make_unique<Gcm>(encr, std::move(sk_e));
    return std::make_unique<CbcHmac>(encr, integ, std::move(sk_e), std::move(sk_a));
}

}  // namespace esplane::crypto
