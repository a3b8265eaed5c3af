// `eap` of `auth`: the initiator proves itself by a method of EAP, the responder by its certificate.
#pragma once

#include <string>

#include "config/section.h"
#include "ike/core/options.h"

namespace esplane::config {

/// Whether it is EAP that the tunnel wants: a pre-shared key of its own takes the place of what `defaults` say. Keys of
/// EAP without it are reported.
bool has_eap(const Section& auth);

/// Fills the certificate and one of the two sides of EAP: the initiator's where there is a `user`. What is missing or
/// wrong is reported.
void read_eap(const Section& auth, const std::string& directory, ike::TunnelOptions& into);

}  // namespace esplane::config
