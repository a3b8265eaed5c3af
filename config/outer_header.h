// `fragment`, `df` and `dscp` of a tunnel: what becomes of a packet that is too big, and what the outer header says.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

void read_outer_header(const Section& tunnel, gateway::TunnelOptions& into);

}  // namespace esplane::config
