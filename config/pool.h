// `pool` of a tunnel: what it hands out to its peers.
#pragma once

#include "config/section.h"
#include "ike/core/options.h"

namespace esplane::config {

inline constexpr Key kPoolKeys[] = {{"addresses"}, {"dns"}};

/// Fills `pool`, if there is one. The mode must be there already.
void read_pool(const Section& tunnel, ike::TunnelOptions& into);

}  // namespace esplane::config
