// The status as people read it. Made by the client from the gateway's JSON, of which nothing is taken for granted:
// the two may be of different versions.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace esplane::gateway {

struct TextOptions {
    bool color = false;  ///< ANSI colours
    std::chrono::system_clock::time_point now;
};

std::string to_text(const nlohmann::ordered_json& status, const TextOptions& options);

}  // namespace esplane::gateway
