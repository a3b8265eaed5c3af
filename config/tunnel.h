// One tunnel, over what `defaults` says.
#pragma once

#include <string>

#include "config/document.h"
#include "config/problems.h"
#include "gateway/options.h"

namespace esplane::config {

/// What a tunnel's meaning depends on beside its own keys.
struct Surroundings {
    std::string directory;  ///< relative paths of keys and certificates count from it
    bool allow_insecure = false;
    const dataplane::DpdkOptions* dpdk = nullptr;  ///< null without DPDK, and when something is wrong there
};

/// Everything of the tunnel but its id, which the gateway assigns. What is wrong is in `problems`, and the result is
/// then of no use beyond finding further problems. `defaults` may be null.
gateway::TunnelOptions read_tunnel(const Entry& tunnel, const YamlNode* defaults, const Surroundings& around,
                                   Problems& problems);

/// Reports what is wrong within `defaults` itself, whether or not a tunnel uses it.
void check_defaults(const Entry& defaults, const Surroundings& around, Problems& problems);

}  // namespace esplane::config
