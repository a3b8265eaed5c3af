// `dpdk`: the ports that DPDK drives.
#pragma once

#include <optional>

#include "config/gateway_section.h"
#include "config/problems.h"
#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

/// Fills `into.dataplane.dpdk` if `backend`, where known, wants that. `gateway` must be read before.
void read_dpdk(const Section& root, std::optional<Backend> backend, gateway::Options& into, Problems& problems);

}  // namespace esplane::config
