// `gateway`: what belongs to the program as a whole.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

/// Fills everything of `into` but the tunnels.
void read_gateway(const Section& root, gateway::Options& into);

}  // namespace esplane::config
