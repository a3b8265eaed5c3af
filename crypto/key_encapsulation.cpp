#include "crypto/key_encapsulation.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include "crypto/key_exchange_groups.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kSharedLength = 32;

struct FreeKem {
    void operator()(EVP_KEM* kem) const { EVP_KEM_free(kem); }
};
using Kem = std::unique_ptr<EVP_KEM, FreeKem>;

const char* openssl_name(DhId method) {
    switch (method) {
        case DhId::kMlKem512:
            return "ML-KEM-512";
        case DhId::kMlKem768:
            return "ML-KEM-768";
        case DhId::kMlKem1024:
            return "ML-KEM-1024";
        default:
            return nullptr;
    }
}

class MlKemExchange final : public KeyExchange {
  public:
    MlKemExchange(DhId method, Pkey key)
        : method_(method), key_(std::move(key)), value_(encapsulation_length(method, Side::kInitiator)) {
        std::size_t length = 0;
        require(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, value_.data(), value_.size(),
                                                &length) == 1 &&
                    length == value_.size(),
                "OpenSSL failed to give the encapsulation key of ML-KEM");
    }

    DhId group() const override { return method_; }
    Bytes public_value() const override { return value_; }

    std::optional<Secret> derive(ByteView ciphertext) const override {
        const DropErrors drop_errors;
        if (ciphertext.size() != encapsulation_length(method_, Side::kResponder)) return std::nullopt;
        const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
        if (!context || EVP_PKEY_decapsulate_init(context.get(), nullptr) != 1) return std::nullopt;
        Secret shared(kSharedLength);
        std::size_t length = kSharedLength;
        if (EVP_PKEY_decapsulate(context.get(), shared.writable().data(), &length, ciphertext.data(),
                                 ciphertext.size()) != 1 ||
            length != kSharedLength) {
            return std::nullopt;
        }
        return shared;
    }

  private:
    DhId method_;
    Pkey key_;
    Bytes value_;
};

class OpensslEncapsulation final : public Encapsulation {
  public:
    bool has(DhId method) const override {
        const DropErrors drop_errors;
        const char* name = openssl_name(method);
        return name != nullptr && Kem(EVP_KEM_fetch(nullptr, name, nullptr)) != nullptr;
    }

    std::unique_ptr<KeyExchange> generate(DhId method, Random&) const override {
        const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, openssl_name(method), nullptr));
        EVP_PKEY* key = nullptr;
        require(context && EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_generate(context.get(), &key) == 1,
                "OpenSSL failed to make a key of ML-KEM");
        return std::make_unique<MlKemExchange>(method, Pkey(key));
    }

    std::optional<KeyExchangeAnswer> encapsulate(DhId method, ByteView key, Random&) const override {
        const DropErrors drop_errors;
        if (key.size() != encapsulation_length(method, Side::kInitiator)) return std::nullopt;
        Bytes octets = to_bytes(key);
        OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
                               OSSL_PARAM_construct_end()};
        const Pkey peer = key_from_params(openssl_name(method), EVP_PKEY_PUBLIC_KEY, params);
        if (!peer) return std::nullopt;
        const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, peer.get(), nullptr));
        if (!context || EVP_PKEY_encapsulate_init(context.get(), nullptr) != 1) return std::nullopt;
        KeyExchangeAnswer answer{Bytes(encapsulation_length(method, Side::kResponder)), Secret(kSharedLength)};
        std::size_t value_length = answer.public_value.size();
        std::size_t shared_length = kSharedLength;
        if (EVP_PKEY_encapsulate(context.get(), answer.public_value.data(), &value_length,
                                 answer.shared.writable().data(), &shared_length) != 1 ||
            value_length != answer.public_value.size() || shared_length != kSharedLength) {
            return std::nullopt;
        }
        return answer;
    }
};

}  // namespace

const Encapsulation& openssl_encapsulation() {
    static const OpensslEncapsulation kOpenssl;
    return kOpenssl;
}

std::string openssl_version() {
    return std::string("OpenSSL ") + OpenSSL_version(OPENSSL_VERSION_STRING);
}

std::string describe_ml_kem() {
    const bool has = openssl_encapsulation().has(DhId::kMlKem768);
    return has ? "available (" + openssl_version() + ")"
               : "not available (" + openssl_version() + "; it takes 3.5 or later)";
}

// FIPS 203 table 3.
std::size_t encapsulation_length(DhId method, Side side) {
    const bool key = side == Side::kInitiator;
    switch (method) {
        case DhId::kMlKem512:
            return key ? 800 : 768;
        case DhId::kMlKem768:
            return key ? 1184 : 1088;
        case DhId::kMlKem1024:
            return 1568;
        default:
            return 0;
    }
}

}  // namespace esplane::crypto
