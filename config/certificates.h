// `certificate`, `key`, `ca` and `crl` of `auth`: what proves us, and whom we believe.
#pragma once

#include <memory>
#include <string>

#include "config/section.h"
#include "ike/core/options.h"

namespace esplane::config {

/// Fills the certificate, which must speak for the local identity; not when something is missing or wrong, which is
/// reported.
void read_own_certificate(const Section& auth, const std::string& directory, ike::TunnelOptions& into);
/// The same, whomever the certificate speaks for. Null when something is missing or wrong; nothing is said of a key
/// that is missing.
std::shared_ptr<const ike::CertificateAuth> read_certificate(const Section& auth, const std::string& directory);
/// At the certificate's place.
void complain_of_certificate(const Section& auth, const std::string& why);
/// What peers are believed by, without anything that proves us. Null when it is missing or wrong.
std::shared_ptr<const ike::CertificateAuth> read_authorities(const Section& auth, const std::string& directory);

}  // namespace esplane::config
