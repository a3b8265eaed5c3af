// AUTH by a digital signature: with the algorithm beside it (RFC 7427, RFC 8420), or by the methods of peers that do
// not know that (RFC 7296 3.8, RFC 4754).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/signature.h"
#include "ike/wire/message.h"

namespace esplane::ike {

/// Numbers of hash algorithms, as SIGNATURE_HASH_ALGORITHMS lists them (RFC 7427 4).
using HashNumbers = std::vector<std::uint16_t>;

/// What we verify. SHA-1 is not among it.
wire::Notify hash_algorithms_notify();
/// Of those that we know, which the peer verifies; empty when it does not say.
std::optional<HashNumbers> announced_hashes(const wire::Payloads& payloads);

/// The best signature that the key can make and the peer verifies. The error is the end of a sentence: why there is
/// none.
Result<wire::Auth, std::string> sign_auth(const crypto::PrivateKey& key, const std::optional<HashNumbers>& hashes,
                                          ByteView octets);

/// What was verified, e.g. "RSASSA-PSS with SHA2-256"; the error is the end of a sentence.
Result<std::string, std::string> verify_auth(const crypto::PublicKey& key, const wire::Auth& auth, ByteView octets);

}  // namespace esplane::ike
