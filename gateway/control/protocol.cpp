#include "gateway/control/protocol.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace esplane::gateway::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<Verb, const char*>, 4> kVerbs{
    {{Verb::kStatus, "status"}, {Verb::kUp, "up"}, {Verb::kDown, "down"}, {Verb::kRekey, "rekey"}}};

/// Text that is not UTF-8, which a peer may have sent, must not make the reply fail.
std::string to_line(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Verb, std::string> parse_verb(const Json& request) {
    const auto found = request.find("command");
    if (found != request.end() && found->is_string()) {
        for (const auto& [verb, name] : kVerbs) {
            if (found->get_ref<const std::string&>() == name) return verb;
        }
    }
    return Failure{std::string("\"command\" must be one of \"status\", \"up\", \"down\", \"rekey\"")};
}

}  // namespace

std::string build_request(const Request& request) {
    Json json;
    for (const auto& [verb, name] : kVerbs) {
        if (verb == request.verb) json["command"] = name;
    }
    if (!request.tunnel.empty()) json["tunnel"] = request.tunnel;
    if (request.ike) json["ike"] = true;
    return to_line(json);
}

Result<Request, std::string> parse_request(std::string_view line) {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return Failure{std::string("a request is one JSON object on one line")};
    Request request;
    const auto verb = parse_verb(json);
    if (!verb) return Failure{verb.error()};
    request.verb = *verb;
    for (const auto& [key, value] : json.items()) {
        if (key == "command") continue;
        if (key == "tunnel" && value.is_string()) {
            request.tunnel = value.get<std::string>();
        } else if (key == "ike" && value.is_boolean() && request.verb == Verb::kRekey) {
            request.ike = value.get<bool>();
        } else {
            return Failure{
                std::string(R"(accepted are "tunnel", a string, and with "rekey" also "ike", true or false)")};
        }
    }
    if (request.tunnel.empty() && request.verb != Verb::kStatus) {
        return Failure{std::string("\"tunnel\" must name the tunnel")};
    }
    return request;
}

std::string build_reply(const Reply& reply) {
    Json json{{"ok", reply.ok}};
    if (!reply.code.empty()) json["code"] = reply.code;
    json["message"] = reply.message;
    return to_line(json);
}

std::string build_status_reply(const Json& status) {
    return to_line({{"ok", true}, {"status", status}});
}

}  // namespace esplane::gateway::control
