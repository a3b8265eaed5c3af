// esplane rekey NAME [--ike]: new keys for the tunnel's CHILD_SA, or for its IKE SA.
#include <CLI/CLI.hpp>
#include <memory>

#include "gateway/commands/asking.h"
#include "gateway/commands/commands.h"

namespace esplane::gateway::commands {

void add_rekey(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("rekey", "Negotiate new keys for a tunnel without losing a packet");
    const auto asking = std::make_shared<Asking>();
    asking->request.verb = control::Verb::kRekey;
    command->add_option("NAME", asking->request.tunnel, "The tunnel")->required();
    command->add_flag("--ike", asking->request.ike, "The IKE SA instead of the CHILD_SA");
    add_options(*command, *asking, std::chrono::seconds(30));
    command->callback([asking, &status] { status = ask_and_tell(*asking); });
}

}  // namespace esplane::gateway::commands
