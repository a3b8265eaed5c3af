// esplane status [NAME]: what is up, what is down, and why.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "gateway/commands/asking.h"
#include "gateway/commands/commands.h"
#include "gateway/control/client.h"
#include "gateway/status/text.h"

namespace esplane::gateway::commands {
namespace {

using Json = nlohmann::ordered_json;

bool wants_color() {
    const char* refused = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

int tell_status(const Asking& asking) {
    const auto reply = control::ask(asking.socket, asking.request, asking.timeout());
    if (!reply) return fail(reply.error());
    const auto status = reply->find("status");
    if (status == reply->end()) return fail(reply->value("message", "the gateway gave no status"));
    if (asking.json) {
        std::cout << status->dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    } else {
        std::cout << to_text(*status, {.color = wants_color(), .now = std::chrono::system_clock::now()});
    }
    return kDone;
}

}  // namespace

void add_status(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("status", "Show tunnels, their SAs and traffic, and why what is down is down");
    const auto asking = std::make_shared<Asking>();
    asking->request.verb = control::Verb::kStatus;
    command->add_option("NAME", asking->request.tunnel, "Only this tunnel");
    add_options(*command, *asking, std::chrono::seconds(10));
    command->callback([asking, &status] { status = tell_status(*asking); });
}

}  // namespace esplane::gateway::commands
