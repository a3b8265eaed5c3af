// Makes keys, certificates and requests (PKCS#10, RFC 2986): enough for a CA of one's own and the gateways under it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/random.h"
#include "crypto/result.h"
#include "crypto/signature.h"

namespace esplane::crypto {

enum class NewKey { kEcdsa256, kEcdsa384, kEd25519, kRsa3072 };

/// Aborts if OpenSSL fails: there is nothing that the caller could do otherwise.
PrivateKey generate_key(NewKey kind);

struct Validity {
    std::chrono::sys_seconds from;
    std::chrono::sys_seconds to;
};

/// A certificate with the key that belongs to it.
struct Authority {
    Certificate certificate;
    PrivateKey key;
};

/// Of a CA, signed by itself, that may have no other CA below it. `name` becomes its CN.
Result<Certificate, std::string> make_ca(const std::string& name, const PrivateKey& key, Validity validity,
                                         Random& random);

/// Of a gateway: its identities in subjectAltName, the first as CN, for signing in IKE. Errors are sentences.
Result<Certificate, std::string> make_gateway(const std::vector<Identity>& identities, const PublicKey& key,
                                              const Authority& ca, Validity validity, Random& random);

/// What a gateway asks a CA for.
struct CertificateRequest {
    std::vector<Identity> identities;
    PublicKey key;
};

/// PEM.
Result<std::string, std::string> make_request(const std::vector<Identity>& identities, const PrivateKey& key);
/// From PEM. Whoever made it has shown to have the key. Of what it asks for only the identities count.
Result<CertificateRequest, std::string> parse_request(std::string_view pem);

}  // namespace esplane::crypto
