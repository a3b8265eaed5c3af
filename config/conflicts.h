// What is wrong between tunnels although each of them is right.
#pragma once

#include <vector>

#include "config/problems.h"
#include "gateway/options.h"

namespace esplane::config {

/// `places[i]` is where `tunnels[i]` is named; `dpdk` is null without. Reports tunnels that a peer or a packet could
/// not tell apart, and prefixes that are to be routed into two devices.
void check_conflicts(const std::vector<gateway::TunnelOptions>& tunnels, const std::vector<Place>& places,
                     const dataplane::DpdkOptions* dpdk, Problems& problems);

}  // namespace esplane::config
