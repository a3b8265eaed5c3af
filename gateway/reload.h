// What a new configuration changes: pure comparison.
#pragma once

#include <string>
#include <vector>

#include "gateway/options.h"

namespace esplane::gateway {

/// Names of tunnels, each in exactly one list.
struct ReloadPlan {
    std::vector<std::string> untouched;
    std::vector<std::string> changed;
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::string> needs_restart;  ///< keys that a running gateway keeps as they were
};

ReloadPlan plan_reload(const Options& running, const Options& wanted);

}  // namespace esplane::gateway
