// esplane up NAME: starts a tunnel and waits until it is established, or until it is known why not.
#include <CLI/CLI.hpp>
#include <memory>

#include "gateway/commands/asking.h"
#include "gateway/commands/commands.h"

namespace esplane::gateway::commands {

void add_up(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("up", "Start a tunnel; waits for the outcome");
    const auto asking = std::make_shared<Asking>();
    asking->request.verb = control::Verb::kUp;
    command->add_option("NAME", asking->request.tunnel, "The tunnel")->required();
    add_options(*command, *asking, std::chrono::seconds(30));
    command->callback([asking, &status] { status = ask_and_tell(*asking); });
}

}  // namespace esplane::gateway::commands
