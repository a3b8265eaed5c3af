// esplane down NAME: stops a tunnel, which then stays down until `up` or a restart.
#include <CLI/CLI.hpp>
#include <memory>

#include "gateway/commands/asking.h"
#include "gateway/commands/commands.h"

namespace esplane::gateway::commands {

void add_down(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("down", "Stop a tunnel until the next `up`; its packets are dropped meanwhile");
    const auto asking = std::make_shared<Asking>();
    asking->request.verb = control::Verb::kDown;
    command->add_option("NAME", asking->request.tunnel, "The tunnel")->required();
    add_options(*command, *asking, std::chrono::seconds(30));
    command->callback([asking, &status] { status = ask_and_tell(*asking); });
}

}  // namespace esplane::gateway::commands
