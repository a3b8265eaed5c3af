// Private keys, with their certificates where they come together, from what files hold. Reading the files, and checking
// who else may, is the caller's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/result.h"
#include "crypto/secret.h"
#include "crypto/signature.h"

namespace esplane::crypto {

/// A key and the certificates that lie beside it: the key's own first, if it is there.
struct Credential {
    PrivateKey key;
    std::vector<Certificate> certificates;
};

/// PEM with one unencrypted key (PKCS#8, or the older forms of RSA and EC) and any number of certificates. Errors are
/// sentences for the operator and hold nothing of the key.
Result<Credential, std::string> credential_from_pem(std::string_view text);

/// PKCS#12 with one key. The passphrase may be empty.
Result<Credential, std::string> credential_from_pkcs12(ByteView der, std::string_view passphrase);

/// PKCS#8, unencrypted.
Secret to_pkcs8_pem(const PrivateKey& key);

}  // namespace esplane::crypto
