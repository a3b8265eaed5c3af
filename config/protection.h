// `ike`, `esp` and `dpd` of a tunnel: with what it is protected, for how long, and how a dead peer is noticed.
#pragma once

#include "config/section.h"
#include "gateway/options.h"

namespace esplane::config {

void read_ike(const Section& tunnel, ike::TunnelOptions& into);
void read_esp(const Section& tunnel, gateway::TunnelOptions& into);
void read_dpd(const Section& tunnel, ike::TunnelOptions& into);

}  // namespace esplane::config
