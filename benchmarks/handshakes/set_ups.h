// What a set-up costs the responder.
#pragma once

#include "benchmarks/handshakes/result.h"

namespace esplane::bench {

/// `set_ups` of them, measured one by one, with `established` tunnels up before the first. Throws if one fails.
SetUpCost measure_set_ups(std::uint32_t established, std::uint32_t set_ups);

}  // namespace esplane::bench
