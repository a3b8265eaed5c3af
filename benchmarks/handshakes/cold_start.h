// How long it takes until every tunnel is up again when all peers start at the same moment.
#pragma once

#include "benchmarks/handshakes/result.h"

namespace esplane::bench {

/// Throws if after two minutes of the responder's clock some are still down.
ColdStart measure_cold_start(std::uint32_t tunnels);

}  // namespace esplane::bench
