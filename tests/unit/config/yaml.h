// Configurations for tests, and what is wrong with them as text.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace esplane::config::testing {

/// Five lines that are right. What a case adds at its end begins at line 6.
inline const std::string kTunnel =
    "tunnels:\n"
    "  a:\n"
    "    local: {address: 192.0.2.1, subnets: [10.1.0.0/16]}\n"
    "    remote: {address: 192.0.2.2, subnets: [10.2.0.0/16]}\n"
    "    auth: {psk: secret}\n";

/// "LINE:COLUMN: message" each, in order; empty when the text is right.
inline std::vector<std::string> problems_of(const std::string& yaml) {
    std::vector<std::string> lines;
    const auto loaded = load_text(yaml, "f", "");
    if (loaded) return lines;
    for (const Problem& problem : loaded.error())
        lines.push_back(problem.to_string().substr(2));
    return lines;
}

struct Case {
    std::string yaml;
    std::vector<std::string> problems;
};

}  // namespace esplane::config::testing
