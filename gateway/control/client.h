// The subcommands' end of the control socket.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "crypto/result.h"
#include "gateway/control/protocol.h"

namespace esplane::gateway::control {

/// Asks the gateway at `path` and waits for its reply, an object. The error is for the person who asked: no gateway, no
/// permission, no reply within `timeout`.
Result<nlohmann::ordered_json, std::string> ask(const std::string& path, const Request& request,
                                                std::chrono::milliseconds timeout);

}  // namespace esplane::gateway::control
