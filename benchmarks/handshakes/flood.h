// What IKE_SA_INIT requests from invented addresses do to a gateway.
#pragma once

#include "benchmarks/handshakes/result.h"

namespace esplane::bench {

/// `rate` spoofed requests a second of the engine's clock, whole and with a public value that is one, to a gateway with
/// `established` tunnels up and one that takes any peer. With every thousandth goes an honest set-up, and a rekey of
/// one of the tunnels that were up before, until each had its turn.
Flood measure_flood(std::uint32_t rate, std::uint32_t seconds, std::uint32_t established);

}  // namespace esplane::bench
