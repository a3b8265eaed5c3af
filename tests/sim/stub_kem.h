// A KEM that protects nothing, with the lengths of ML-KEM's: it shows how values and secrets travel where OpenSSL has
// no ML-KEM. The key is random octets, the ciphertext other ones, and the secret a hash of both.
#pragma once

#include "crypto/key_encapsulation.h"
#include "crypto/prf.h"

namespace esplane::sim {

class StubKem final : public crypto::Encapsulation {
  public:
    bool has(crypto::DhId method) const override { return crypto::is_kem(method); }

    std::unique_ptr<crypto::KeyExchange> generate(crypto::DhId method, crypto::Random& random) const override {
        return std::make_unique<Exchange>(method, random.bytes(length(method, crypto::Side::kInitiator)));
    }

    std::optional<crypto::KeyExchangeAnswer> encapsulate(crypto::DhId method, ByteView key,
                                                         crypto::Random& random) const override {
        if (key.size() != length(method, crypto::Side::kInitiator)) return std::nullopt;
        Bytes ciphertext = random.bytes(length(method, crypto::Side::kResponder));
        crypto::Secret shared = hash(key, ciphertext);
        return crypto::KeyExchangeAnswer{std::move(ciphertext), std::move(shared)};
    }

  private:
    static std::size_t length(crypto::DhId method, crypto::Side side) {
        return crypto::encapsulation_length(method, side);
    }
    static crypto::Secret hash(ByteView key, ByteView ciphertext) {
        return crypto::prf(crypto::PrfId::kHmacSha256, key, {ciphertext});
    }

    class Exchange final : public crypto::KeyExchange {
      public:
        Exchange(crypto::DhId method, Bytes key) : method_(method), key_(std::move(key)) {}
        crypto::DhId group() const override { return method_; }
        Bytes public_value() const override { return key_; }
        std::optional<crypto::Secret> derive(ByteView ciphertext) const override {
            if (ciphertext.size() != length(method_, crypto::Side::kResponder)) return std::nullopt;
            return hash(key_, ciphertext);
        }

      private:
        crypto::DhId method_;
        Bytes key_;
    };
};

}  // namespace esplane::sim
