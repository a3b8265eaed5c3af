// `ike`, `esp` and `dpd` of a tunnel: with what it is protected, for how long, and how a dead peer is noticed.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

void read_ike(const Section& tunnel, ike::TunnelOptions& into);
/// `allow_insecure`: proposals that do not encrypt are accepted.
void read_esp(const Section& tunnel, bool allow_insecure, gateway::TunnelOptions& into);
void read_dpd(const Section& tunnel, ike::TunnelOptions& into);

}  // namespace esplane::config
