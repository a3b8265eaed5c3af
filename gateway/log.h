// The log: stderr, one line an event. What spdlog is given may come from a peer; it is escaped on its way out.
#pragma once

#include "gateway/options.h"
#include "ike/core/actions.h"

namespace esplane::gateway {

/// Once, before the first line. Under systemd, which stamps each line itself, the lines carry no time.
void open_log(LogLevel level);
void set_log_level(LogLevel level);

void log_happened(const ike::Happened& happened);

}  // namespace esplane::gateway
