// `local` and `remote` of a tunnel: who the two gateways are; what stands behind each is in config/children.h.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

inline constexpr Key kEndKeys[] = {{"address"}, {"id"}, {"subnets"}};

/// An identity, a pattern such as "*.example.org", or any.
Parsed<ike::IdentityPattern> parse_remote_id(std::string_view text);

/// Fills addresses and identities. Returns whether the configuration says that the peer's address
/// is `any`.
bool read_ends(const Section& tunnel, gateway::TunnelOptions& into);

}  // namespace esplane::config
