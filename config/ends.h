// `local` and `remote` of a tunnel: who the two gateways are; what stands behind each is in config/children.h.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

inline constexpr Key kEndKeys[] = {{"address"}, {"id"}, {"subnets"}};

/// Fills addresses and identities. Returns whether the configuration says that the peer's address
/// is `any`.
bool read_ends(const Section& tunnel, gateway::TunnelOptions& into);

}  // namespace esplane::config
