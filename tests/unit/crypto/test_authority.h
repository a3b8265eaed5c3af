// Certificates for tests, made by OpenSSL alone, with whatever is wrong with them that a test wants.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "crypto/certificate.h"
#include "tests/unit/crypto/test_keys.h"

namespace esplane::crypto::test {

/// The tests' present. The real clock plays no part.
inline constexpr std::chrono::sys_seconds kNow{std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)};
inline constexpr std::chrono::hours kDay{24};

struct Wish {
    std::vector<std::pair<const char*, std::string>> subject;  ///< {"CN", "gw"}, in the order of the certificate
    /// OpenSSL's names of extensions and their values, as in its configuration files: {"keyUsage", "digitalSignature"}.
    std::vector<std::pair<const char*, std::string>> extensions;
    std::chrono::sys_seconds from = kNow - kDay;
    std::chrono::sys_seconds to = kNow + 30 * kDay;
    std::string key = "P-256";
    const char* hash = "SHA2-256";  ///< of the signature; not for Ed25519
};

struct Made {
    Certificate certificate;
    SharedKey key;
};

/// Signed by `issuer`, or by itself. Serial numbers count up through a test program.
Made make(const Wish& wish, const Made* issuer = nullptr);

Wish ca_wish(const std::string& name);    ///< a CA without limits
Wish leaf_wish(const std::string& name);  ///< CN and a DNS name, and what our own gateway certificates have

/// The same for TLS, with these purposes in extendedKeyUsage.
Wish tls_wish(const std::string& name, const std::string& purposes = "serverAuth,clientAuth");

/// A copy whose signature does not fit any more.
Certificate with_altered_signature(const Certificate& certificate);

}  // namespace esplane::crypto::test
