// `gateway`: what belongs to the program as a whole.
#pragma once

#include <optional>
#include <string>

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

/// The data planes that a configuration can ask for.
enum class Backend { kTun, kDpdk };

/// Fills everything of `into` but the tunnels and the ports of DPDK. Returns what `dataplane` says, which is nothing
/// when that is wrong. `file` is for places in what is kept.
std::optional<Backend> read_gateway(const Section& root, const std::string& file, gateway::Options& into);

}  // namespace esplane::config
