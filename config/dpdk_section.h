// `dpdk`: the ports that DPDK drives.
#pragma once

#include <optional>
#include <string>

#include "config/gateway_section.h"
#include "config/problems.h"
#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

/// Fills `into.dataplane.dpdk` if `backend`, where known, wants that. `gateway` must be read before. `file` is its
/// name, for messages of the running gateway.
void read_dpdk(const Section& root, std::optional<Backend> backend, const std::string& file, gateway::Options& into,
               Problems& problems);

}  // namespace esplane::config
