// What a signature scheme is made of. Internal to crypto/.
#pragma once

#include "crypto/signature.h"

namespace esplane::crypto {

enum class SignatureFamily { kRsaPkcs1, kRsaPss, kEcdsa, kEd25519 };

SignatureFamily family_of(SignatureScheme scheme);

/// As OpenSSL calls it; null for Ed25519, which hashes by itself.
const char* hash_name(SignatureScheme scheme);

}  // namespace esplane::crypto
