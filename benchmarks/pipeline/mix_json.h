// The lengths of packets as files of results say them.
#pragma once

#include <nlohmann/json.hpp>

#include "benchmarks/pipeline/mix.h"

namespace esplane::bench {

/// A number of octets, or the mixture's name.
nlohmann::ordered_json size_json(const Mix& mix);

}  // namespace esplane::bench
