// One tunnel, over what `defaults` says.
#pragma once

#include <string>

#include "config/document.h"
#include "config/problems.h"
#include "gateway/options.h"

namespace esplane::config {

/// Everything of the tunnel but its id, which the gateway assigns. What is wrong is in `problems`, and the result is
/// then of no use beyond finding further problems. `defaults` may be null.
gateway::TunnelOptions read_tunnel(const Entry& tunnel, const YamlNode* defaults, const std::string& directory,
                                   Problems& problems);

/// Reports what is wrong within `defaults` itself, whether or not a tunnel uses it.
void check_defaults(const Entry& defaults, const std::string& directory, Problems& problems);

}  // namespace esplane::config
