#include "crypto/key_exchange.h"

#include <algorithm>

#include "crypto/key_exchange_groups.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

Secret draw_private(DhId group, Random& random) {
    switch (group) {
        case DhId::kModp2048:
        case DhId::kModp3072:
        case DhId::kModp4096:
            return modp::draw_private(group, random);
        case DhId::kEcp256:
        case DhId::kEcp384:
        case DhId::kEcp521:
            return ecp::draw_private(group, random);
        case DhId::kX25519:
            return x25519::draw_private(random);
        case DhId::kMlKem512:
        case DhId::kMlKem768:
        case DhId::kMlKem1024:
        case DhId::kNone:
            break;
    }
    return Secret();
}

}  // namespace

std::unique_ptr<KeyExchange> KeyExchange::generate(DhId group, Random& random) {
    if (group == DhId::kNone) return nullptr;
    auto exchange = from_private(group, draw_private(group, random).view());
    require(exchange != nullptr, "OpenSSL refused a fresh key for a key exchange");
    return exchange;
}

std::unique_ptr<KeyExchange> KeyExchange::from_private(DhId group, ByteView private_value) {
    switch (group) {
        case DhId::kModp2048:
        case DhId::kModp3072:
        case DhId::kModp4096:
            return modp::from_private(group, private_value);
        case DhId::kEcp256:
        case DhId::kEcp384:
        case DhId::kEcp521:
            return ecp::from_private(group, private_value);
        case DhId::kX25519:
            return x25519::from_private(private_value);
        case DhId::kMlKem512:
        case DhId::kMlKem768:
        case DhId::kMlKem1024:
        case DhId::kNone:
            break;
    }
    return nullptr;
}

std::optional<KeyExchangeAnswer> answer_key_exchange(DhId group, ByteView peer_public, Random& random) {
    const auto own = KeyExchange::generate(group, random);
    auto shared = own->derive(peer_public);
    if (!shared) return std::nullopt;
    return KeyExchangeAnswer{own->public_value(), std::move(*shared)};
}

std::size_t public_value_length(DhId group) {
    switch (group) {
        case DhId::kNone:
            return 0;
        case DhId::kModp2048:
            return 256;
        case DhId::kModp3072:
            return 384;
        case DhId::kModp4096:
            return 512;
        case DhId::kEcp256:
            return 64;
        case DhId::kEcp384:
            return 96;
        case DhId::kEcp521:
            return 132;
        case DhId::kX25519:
            return 32;
        case DhId::kMlKem512:
        case DhId::kMlKem768:
        case DhId::kMlKem1024:
            break;
    }
    require(false, "a group that does not exist was asked for the length of its public value");
    return 0;
}

Secret to_native_order(ByteView big_endian) {
    Secret native(big_endian.size());
    std::reverse_copy(big_endian.begin(), big_endian.end(), native.writable().begin());
    return native;
}

Pkey key_from_params(const char* type, int selection, OSSL_PARAM* params) {
    const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1) return nullptr;
    return Pkey(key);
}

std::optional<Secret> derive_shared(EVP_PKEY* own, EVP_PKEY* peer, std::size_t length, const OSSL_PARAM* params) {
    const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr));
    if (!context || EVP_PKEY_derive_init_ex(context.get(), params) != 1) return std::nullopt;
    constexpr int kValidate = 0;
    if (EVP_PKEY_derive_set_peer_ex(context.get(), peer, kValidate) != 1) return std::nullopt;
    Secret shared(length);
    std::size_t written = length;
    if (EVP_PKEY_derive(context.get(), shared.writable().data(), &written) != 1 || written != length) {
        return std::nullopt;
    }
    return shared;
}

}  // namespace esplane::crypto
