// `certificate`, `key`, `ca` and `crl` of `auth`: what proves us, and whom we believe.
#pragma once

#include <memory>
#include <string>

#include "config/section.h"
#include "ike/core/auth_certificate.h"
#include "ike/core/identity.h"

namespace esplane::config {

/// Null when something is missing or wrong, which is reported. `own`: who the certificate must speak for.
std::shared_ptr<const ike::CertificateAuth> read_certificates(const Section& auth, const std::string& directory,
                                                              const ike::Identity& own);

}  // namespace esplane::config
