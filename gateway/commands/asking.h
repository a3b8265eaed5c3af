// What the subcommands that talk to a running gateway share.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "gateway/control/protocol.h"

namespace CLI {
class App;
}

namespace esplane::gateway::commands {

struct Asking {
    std::string socket = "/run/esplane/control.sock";
    std::uint64_t timeout_ms = 0;
    bool json = false;
    control::Request request;

    std::chrono::milliseconds timeout() const { return std::chrono::milliseconds(timeout_ms); }
};

/// --socket, --timeout, --json. `asking` must live until the command line has been parsed and run.
void add_options(CLI::App& command, Asking& asking, std::chrono::seconds default_timeout);

/// Asks, prints the reply's message or JSON, and returns the exit code.
int ask_and_tell(const Asking& asking);

/// Prints "esplane: MESSAGE" to stderr and returns kFailed.
int fail(const std::string& message);

}  // namespace esplane::gateway::commands
