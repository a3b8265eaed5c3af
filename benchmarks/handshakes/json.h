// Results for programs.
#pragma once

#include <nlohmann/json.hpp>

#include "benchmarks/handshakes/result.h"
#include "benchmarks/machine.h"

namespace esplane::bench {

/// {"machine", "set_ups": [...], "cold_starts": [...], "floods": [...]}.
nlohmann::ordered_json to_json(const Machine& machine, const HandshakeResults& results);

}  // namespace esplane::bench
