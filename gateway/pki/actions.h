// What `esplane pki` does: a CA of one's own, certificates for gateways, requests, CRLs, as files in a folder.
#pragma once

#include <string>
#include <vector>

#include "crypto/certificate_maker.h"
#include "crypto/random.h"
#include "crypto/result.h"

namespace esplane::gateway::pki {

/// What the actions take from their surroundings.
struct Circumstances {
    std::chrono::sys_seconds now;
    crypto::Random& random;  ///< for serial numbers; OpenSSL draws the keys itself
};

/// What was written and what to do with it, for people; or a sentence that says why not. Then nothing was written.
using Told = Result<std::string, std::string>;

/// DIR/ca.key, ca.crt and ca.crl, the list being empty.
struct NewCa {
    std::string name;
    std::string folder;
    crypto::NewKey key = crypto::NewKey::kEcdsa256;
    int days = 3650;
};
Told make_ca(const NewCa& wish, const Circumstances& here);

/// ID.key and ID.crt, by the first identity.
struct NewGateway {
    std::string ca_folder;
    std::vector<std::string> ids;
    std::string folder;
    crypto::NewKey key = crypto::NewKey::kEcdsa256;
    int days = 365;
};
Told make_gateway(const NewGateway& wish, const Circumstances& here);

/// ID.key, which stays, and ID.csr, which goes to the CA.
struct NewRequest {
    std::vector<std::string> ids;
    std::string folder;
    crypto::NewKey key = crypto::NewKey::kEcdsa256;
};
Told make_request(const NewRequest& wish);

/// ID.crt beside the request.
struct Signing {
    std::string ca_folder;
    std::string request;
    int days = 365;
};
Told sign(const Signing& wish, const Circumstances& here);

/// Replaces DIR/ca.crl.
struct Revoking {
    std::string ca_folder;
    std::string certificate;  ///< empty: only makes the list current again
    int days = 90;            ///< until the list must be renewed
};
Told revoke(const Revoking& wish, const Circumstances& here);

}  // namespace esplane::gateway::pki
