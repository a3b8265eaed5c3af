// The log: stderr, one line an event. What it is given may come from a peer; it is escaped on its way out. Only
// log.cpp knows spdlog, whose templates would be compiled anew wherever they are used.
#pragma once

#include <string_view>

#include "gateway/options.h"
#include "ike/core/actions.h"

namespace esplane::gateway {

/// Once, before the first line. Under systemd, which stamps each line itself, the lines carry no time.
void open_log(LogLevel level);
void set_log_level(LogLevel level);

void log_error(std::string_view line);
void log_warning(std::string_view line);
void log_info(std::string_view line);
void log_happened(const ike::Happened& happened);

}  // namespace esplane::gateway
