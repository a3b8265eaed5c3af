// What passes over the control socket: one JSON object a line, each request answered by one reply.
//
//   -> {"command":"status"}                            <- {"ok":true,"status":{...}}
//   -> {"command":"up","tunnel":"aws-1"}               <- {"ok":true,"code":"...","message":"..."}
//   -> {"command":"rekey","tunnel":"aws-1","ike":true} <- {"ok":false,"code":"...","message":"..."}
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "crypto/result.h"

namespace esplane::gateway::control {

inline constexpr std::size_t kLongestRequest = 64 * 1024;
inline constexpr std::size_t kLongestReply = 256 * 1024 * 1024;  ///< a status of 100,000 tunnels and some room

enum class Verb : std::uint8_t { kStatus, kUp, kDown, kRekey };

struct Request {
    Verb verb = Verb::kStatus;
    std::string tunnel;  ///< empty with kStatus: all
    bool ike = false;    ///< with kRekey: the IKE SA
    friend bool operator==(const Request&, const Request&) = default;
};

struct Reply {
    bool ok = false;
    std::string code;  ///< stable, for programs
    std::string message;
};

std::string build_request(const Request& request);
/// From anybody; never throws. The error is a sentence for who sent it.
Result<Request, std::string> parse_request(std::string_view line);

std::string build_reply(const Reply& reply);
std::string build_status_reply(const nlohmann::ordered_json& status);

}  // namespace esplane::gateway::control
