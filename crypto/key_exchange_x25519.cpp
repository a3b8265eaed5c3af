// X25519 (RFC 8031, RFC 7748). Any 32 octets are a public value, one that is not reduced or has its top bit set
// included (RFC 8031 3.2): it is the result that needs a check.
#include <array>

#include "crypto/key_exchange_groups.h"
#include "crypto/require.h"

namespace esplane::crypto::x25519 {
namespace {

constexpr std::size_t kLength = 32;

class X25519Exchange final : public KeyExchange {
  public:
    explicit X25519Exchange(Pkey private_key) : private_key_(std::move(private_key)), public_value_(kLength) {
        std::size_t length = kLength;
        require(
            EVP_PKEY_get_raw_public_key(private_key_.get(), public_value_.data(), &length) == 1 && length == kLength,
            "OpenSSL failed to compute a public X25519 value");
    }

    DhId group() const override { return DhId::kX25519; }
    Bytes public_value() const override { return public_value_; }

    std::optional<Secret> derive(ByteView peer_public) const override {
        const DropErrors drop_errors;
        if (peer_public.size() != kLength) return std::nullopt;
        const Pkey peer(
            EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, peer_public.data(), peer_public.size()));
        if (!peer) return std::nullopt;
        auto shared = derive_shared(private_key_.get(), peer.get(), kLength, nullptr);
        // RFC 7748 6.1: points of small order lead to an all-zero result, whatever our private value, and may be
        // refused by it. OpenSSL does so too; this says that we rely on it.
        constexpr std::array<std::uint8_t, kLength> kZeros{};
        if (!shared || equal_constant_time(shared->view(), kZeros)) return std::nullopt;
        return shared;
    }

  private:
    Pkey private_key_;
    Bytes public_value_;
};

}  // namespace

Secret draw_private(Random& random) {
    Secret value(kLength);
    random.fill(value.writable());
    return value;
}

std::unique_ptr<KeyExchange> from_private(ByteView private_value) {
    if (private_value.size() != kLength) return nullptr;
    Pkey key(EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, private_value.data(), private_value.size()));
    return key ? std::make_unique<X25519Exchange>(std::move(key)) : nullptr;
}

}  // namespace esplane::crypto::x25519
