// What a tunnel carries: one CHILD_SA from `subnets` of both ends, or several, written as `children`.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

/// Fills the children and the prefixes of both sides. Addresses and mode must be there already.
void read_children(const Section& tunnel, gateway::TunnelOptions& into);

}  // namespace esplane::config
