// A file of results.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace esplane::bench {

/// Throws std::runtime_error if it cannot be written.
void write_json(const std::string& file, const nlohmann::ordered_json& document);

}  // namespace esplane::bench
