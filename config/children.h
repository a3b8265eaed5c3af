// What a tunnel carries: one CHILD_SA from `subnets` of both ends, or several, written as `children`.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

/// Fills the children and the prefixes of both sides. `local` and `remote` are the sections of that name.
void read_children(const Section& tunnel, const Section& local, const Section& remote, gateway::TunnelOptions& into);

}  // namespace esplane::config
