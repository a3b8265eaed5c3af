// Diffie-Hellman over OpenSSL: MODP (RFC 3526), ECP (RFC 5903) and X25519 (RFC 8031), in the wire form of the KE
// payload.
#pragma once

#include <memory>
#include <optional>

#include "crypto/algorithms.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace esplane::crypto {

/// One key pair for one exchange: of Diffie-Hellman, or of who begins one with a KEM (crypto/key_encapsulation.h).
class KeyExchange {
  public:
    /// A fresh key pair. `random` feeds the private key, so a seeded generator gives a reproducible exchange. Null for
    /// kNone only; aborts if OpenSSL is broken or out of memory.
    static std::unique_ptr<KeyExchange> generate(DhId group, Random& random);
    /// From a given private value, in the group's own form (big-endian scalar; RFC 7748 octets for X25519): for
    /// vectors. Null when it is not legal: MODP outside [1, p-2]; ECP outside [1, n-1] or not of the order's length;
    /// X25519 not of 32 octets.
    static std::unique_ptr<KeyExchange> from_private(DhId group, ByteView private_value);

    virtual ~KeyExchange() = default;
    virtual DhId group() const = 0;
    /// Our public value as the KE payload carries it: MODP left-padded to the modulus length, ECP x | y, X25519 32
    /// octets.
    virtual Bytes public_value() const = 0;
    /// g^ir: MODP padded to the modulus length, ECP the x coordinate, X25519 32 octets. Empty when `peer_public` is
    /// illegal: wrong length, MODP outside [2, p-2], a point off the curve, an all-zero X25519 result (RFC 6989, RFC
    /// 7748 6.1).
    virtual std::optional<Secret> derive(ByteView peer_public) const = 0;
};

/// What the responder of an exchange has of it, once the initiator's value is there.
struct KeyExchangeAnswer {
    Bytes public_value;
    Secret shared;
};
/// By Diffie-Hellman with a fresh key pair; empty when `peer_public` is illegal. Not for kNone.
std::optional<KeyExchangeAnswer> answer_key_exchange(DhId group, ByteView peer_public, Random& random);

/// Octets of a public value of this group on the wire; a KEM is no group.
std::size_t public_value_length(DhId group);

}  // namespace esplane::crypto
