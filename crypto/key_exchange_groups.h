// The three families of groups behind KeyExchange, and what they share of OpenSSL. Internal to crypto/.
#pragma once

#include <openssl/params.h>

#include <memory>
#include <optional>

#include "crypto/key_exchange.h"
#include "crypto/openssl.h"

namespace esplane::crypto {

// Each family draws a private value fit for from_private(), which is null when the value is not legal for the group.
namespace modp {
Secret draw_private(DhId group, Random& random);
std::unique_ptr<KeyExchange> from_private(DhId group, ByteView private_value);
}  // namespace modp

namespace ecp {
Secret draw_private(DhId group, Random& random);
std::unique_ptr<KeyExchange> from_private(DhId group, ByteView private_value);
}  // namespace ecp

namespace x25519 {
Secret draw_private(Random& random);
std::unique_ptr<KeyExchange> from_private(ByteView private_value);
}  // namespace x25519

/// The big-endian octets of a number in the order in which OSSL_PARAM takes it: the machine's, little-endian.
Secret to_native_order(ByteView big_endian);

/// A key of `type` ("DH") from its parameters; null when OpenSSL refuses them. `selection` is EVP_PKEY_KEYPAIR or
/// EVP_PKEY_PUBLIC_KEY.
Pkey key_from_params(const char* type, int selection, OSSL_PARAM* params);

/// The shared secret, exactly `length` octets, or empty when OpenSSL refuses. It does not validate `peer`: each family
/// has done so before, by the checks of RFC 6989 and no others. `params` are for the derivation and may be null.
std::optional<Secret> derive_shared(EVP_PKEY* own, EVP_PKEY* peer, std::size_t length, const OSSL_PARAM* params);

}  // namespace esplane::crypto
