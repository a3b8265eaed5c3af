#include "gateway/commands/asking.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "gateway/commands/commands.h"
#include "gateway/control/client.h"
#include "gateway/printable.h"

namespace esplane::gateway::commands {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& reply, const char* key) {
    const auto found = reply.find(key);
    return found != reply.end() && found->is_string() ? printable(found->get_ref<const std::string&>()) : std::string();
}

}  // namespace

void add_options(CLI::App& command, Asking& asking, std::chrono::seconds default_timeout) {
    asking.timeout_ms = static_cast<std::uint64_t>(std::chrono::milliseconds(default_timeout).count());
    command.add_option("--socket", asking.socket, "Control socket of the gateway")
        ->option_text("PATH [" + asking.socket + "]");
    const std::map<std::string, std::uint64_t> units{{"ms", 1}, {"s", 1000}, {"m", 60'000}};
    const std::string help = "How long to wait, e.g. 500ms, 10s, 2m [" + std::to_string(default_timeout.count()) + "s]";
    command.add_option("--timeout", asking.timeout_ms, help)
        ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED))
        ->option_text("DURATION");
    command.add_flag("--json", asking.json, "Print JSON, for programs");
}

int ask_and_tell(const Asking& asking) {
    const auto reply = control::ask(asking.socket, asking.request, asking.timeout());
    if (!reply) return fail("tunnel " + asking.request.tunnel + ": " + reply.error());
    const auto ok = reply->find("ok");
    const bool done = ok != reply->end() && ok->is_boolean() && ok->get<bool>();
    if (asking.json) {
        std::cout << reply->dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    } else if (done) {
        std::cout << text(*reply, "message") << '\n';
    } else {
        return fail(text(*reply, "message"));
    }
    return done ? kDone : kFailed;
}

int fail(const std::string& message) {
    std::cerr << "esplane: " << message << '\n';
    return kFailed;
}

}  // namespace esplane::gateway::commands
