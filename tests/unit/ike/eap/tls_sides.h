// Both sides of EAP-TLS, by certificates of one authority.
#pragma once

#include "ike/eap/tls.h"
#include "tests/unit/crypto/test_authority.h"
#include "tests/unit/ike/eap/both_sides.h"

namespace esplane::ike::eap::testing {

/// Of a name, as `esplane pki` makes them: for IKE, and for both sides of TLS. With `names` empty it has no
/// subjectAltName.
crypto::test::Wish certified(const std::string& name, const std::string& names);
const crypto::test::Made& authority();

struct Certified {
    crypto::test::Made own;
    std::vector<crypto::Certificate> above;  ///< those that lead to the authority
};
/// By the authority; names as OpenSSL writes them, "DNS:server.example.org".
Certified certified_by_authority(const std::string& name, const std::string& names);
/// With chains and keys so large that their messages need fragments.
Certified certified_at_length(const std::string& name);
/// "server.example.org", and "alice".
const Certified& server_certificate();
const Certified& alice();

crypto::TlsSettings settings_of(crypto::TlsSide side, const Certified& certified);
MethodOffer tls_server_of(const Certified& certified, std::shared_ptr<const Users> users = nullptr);
/// Expects `server` to be the server's name.
MethodOffer tls_peer_of(const Certified& certified, const std::string& server = "server.example.org");

/// A conversation of the two above.
std::unique_ptr<Talk> talk_by_tls(const std::string& identity, const Certified& peer, const Wire& wire = {},
                                  const Certified& server = server_certificate());

}  // namespace esplane::ike::eap::testing
