// One text for all that a tunnel is configured to be, so that a reload can tell whether anything changed.
#pragma once

#include <string>

#include "crypto/bytes.h"
#include "gateway/options.h"

namespace esplane::config {

/// Equal for equal tunnels and only for these, within one run of the program: the pre-shared key is in it as a digest
/// under a random key of the run, which tells nothing to whom the text is shown.
std::string fingerprint(const gateway::TunnelOptions& tunnel);

/// Of what must not be told: differs where the secret differs, and from run to run.
std::string keyed_digest(ByteView secret);

}  // namespace esplane::config
