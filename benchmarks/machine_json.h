// The machine as every file of results begins.
#pragma once

#include <nlohmann/json.hpp>

#include "benchmarks/machine.h"

namespace esplane::bench {

/// {"cpu_model", "tsc_hz", "kernel", "compiler", "ipsec_mb", "ipsec_mb_arch"}.
nlohmann::ordered_json to_json(const Machine& machine);

}  // namespace esplane::bench
