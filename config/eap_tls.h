// `auth` where the initiator proves itself by EAP-TLS: which certificates, and whom they speak for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/section.h"
#include "ike/core/options.h"
#include "ike/eap/method.h"
#include "ike/eap/users.h"

namespace esplane::config {

/// The gateway proves itself to EAP by what proves it to IKE, and believes users by the same authorities; `users` may
/// be null. Empty when the certificate is none for TLS, which is reported.
std::optional<ike::eap::MethodOffer> tls_server_offer(const Section& auth, const ike::CertificateAuth& own,
                                                      std::shared_ptr<const ike::eap::Users> users);

/// Of the user, who must be whom it speaks for. Null when something is missing or wrong, which is reported.
std::shared_ptr<const ike::CertificateAuth> read_user_certificate(const Section& auth, const std::string& directory,
                                                                  const std::string& user);
/// Those whom it believes alone: what stands for the user is for EAP, not for IKE.
std::shared_ptr<const ike::CertificateAuth> without_proof(const ike::CertificateAuth& own);

/// `own` may be null: then it has been reported why. The server of EAP must be `aaa_id`, or else `remote_id`; what that
/// adds to the tunnel goes into `digest`.
std::optional<ike::eap::MethodOffer> tls_peer_offer(const Section& auth, const ike::CertificateAuth* own,
                                                    const ike::IdentityPattern& remote_id, std::string& digest);

}  // namespace esplane::config
