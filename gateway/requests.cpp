// What the control socket asks for.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/gateway.h"
#include "gateway/status/json.h"

namespace esplane::gateway {
namespace {

constexpr std::size_t kMostNames = 8;

std::string unknown_tunnel(const std::string& name, const std::vector<std::string>& names) {
    if (names.empty()) return fmt::format("There is no tunnel {}: the configuration has none at all.", name);
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
        list += (i > 0 ? ", " : "") + names[i];
    if (names.size() > kMostNames) list += fmt::format(" and {} more", names.size() - kMostNames);
    return fmt::format("There is no tunnel {}. Configured: {}.", name, list);
}

decltype(ike::Command::what) engine_command(const control::Request& request) {
    if (request.verb == control::Verb::kUp) return ike::Up{request.tunnel};
    if (request.verb == control::Verb::kDown) return ike::Down{request.tunnel};
    return ike::Rekey{request.tunnel, request.ike};
}

}  // namespace

void Gateway::on_request(control::ClientId client, const control::Request& request) {
    const auto refuse = [&](const char* code, const std::string& message) {
        control_->reply(client, control::build_reply({.ok = false, .code = code, .message = message}));
    };
    if (!request.tunnel.empty() && !tunnels_->contains(request.tunnel)) {
        refuse("unknown_tunnel", unknown_tunnel(request.tunnel, tunnels_->names()));
    } else if (request.verb == control::Verb::kStatus) {
        control_->reply(client, control::build_status_reply(to_json(report(request.tunnel))));
    } else if (stopping_) {
        refuse("stopping", "The gateway is stopping.");
    } else {
        act(client, request);
    }
}

void Gateway::act(control::ClientId client, const control::Request& request) {
    tunnels_->command(request.tunnel, engine_command(request), [this, client](const ike::CommandDone& done) {
        control_->reply(client, control::build_reply({done.ok, done.code, done.message}));
    });
}

}  // namespace esplane::gateway
