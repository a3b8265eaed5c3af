// Keys for tests, made by OpenSSL.
#pragma once

#include <memory>
#include <string>

#include "crypto/openssl.h"

namespace esplane::crypto::test {

using SharedKey = std::shared_ptr<EVP_PKEY>;

/// Of kind "P-256", "P-384", "P-521", "secp256k1", "ED25519", "ED448", "RSA-2048", "RSA-1024". A new one each time,
/// except RSA, which takes long: there is one of each length.
SharedKey make_key(const std::string& kind);

}  // namespace esplane::crypto::test
