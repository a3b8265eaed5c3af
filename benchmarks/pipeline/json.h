// Results for programs. The shape is a contract: reports and comparisons are made from it.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "benchmarks/machine.h"
#include "benchmarks/pipeline/result.h"

namespace esplane::bench {

/// {"machine": {...}, "results": [{"direction", "suite", "size", "tunnels", "workers", "memory_per_tunnel",
/// "cycles_per_packet", "stages": {name: cycles}, "mpps", "gbps", "raw_cipher_cycles", "singly_cycles_per_packet",
/// "batch_gain"}]}. "size" is a number of octets, or "imix".
nlohmann::ordered_json to_json(const Machine& machine, std::span<const PipelineResult> results);

}  // namespace esplane::bench
