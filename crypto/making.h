// What the makers of certificates and CRLs share. Internal to crypto/.
#pragma once

#include <chrono>

#include "crypto/openssl_x509.h"
#include "crypto/signature.h"

namespace esplane::crypto {

/// What OpenSSL hashes with to sign by a key of this kind; null for Ed25519, which does it by itself.
const EVP_MD* hash_for(KeyKind kind);

Asn1Time to_asn1(std::chrono::sys_seconds time);

}  // namespace esplane::crypto
