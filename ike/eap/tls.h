// EAP-TLS (RFC 5216): both sides prove themselves to each other by certificate, in a handshake of TLS 1.2.
#pragma once

#include <functional>
#include <memory>

#include "crypto/tls.h"
#include "ike/eap/method.h"
#include "ike/eap/users.h"

namespace esplane::ike::eap {

/// The EAP identity must be the user's that the certificate speaks for (user_names), octet by octet; and one of
/// `users`, unless it is null. `settings` are a server's.
MethodOffer tls_server(crypto::TlsSettings settings, std::shared_ptr<const Users> users);

/// Whom the server's certificate must speak for.
struct ServerName {
    std::function<bool(const crypto::Certificate&)> fits;
    std::string text;  ///< for the operator
};
/// `settings` are a client's.
MethodOffer tls_peer(crypto::TlsSettings settings, ServerName server);

/// Those whom a certificate lets in: the DNS names and e-mail addresses of its subjectAltName, or, where it has none
/// at all, its CN.
std::vector<std::string> user_names(const crypto::Certificate& certificate);
/// The same for an operator to read.
std::string printable_users(const crypto::Certificate& certificate);

}  // namespace esplane::ike::eap
