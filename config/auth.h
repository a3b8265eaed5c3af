// `auth` of a tunnel: how the two gateways prove who they are.
#pragma once

#include <string>

#include "config/section.h"
#include "ike/core/options.h"

namespace esplane::config {

/// Fills the pre-shared key, from wherever `auth` says, or the certificate; neither when there is none or it is wrong,
/// which is reported. Relative paths count from `directory`. The identities must have been read.
void read_auth(const Section& tunnel, const std::string& directory, ike::TunnelOptions& into);

}  // namespace esplane::config
