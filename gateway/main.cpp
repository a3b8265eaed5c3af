// The `esplane` program.
#include <CLI/CLI.hpp>

#include "gateway/commands/commands.h"
#include "gateway/version.h"

int main(int argc, char** argv) {
    namespace commands = esplane::gateway::commands;
    CLI::App app{"An IPsec gateway in user space: IKEv2 and ESP in one program", "esplane"};
    app.set_version_flag("--version", std::string("esplane ") + esplane::gateway::kVersion);
    app.require_subcommand(1);
    app.get_formatter()->column_width(36);
    int status = commands::kDone;
    for (const auto add : {commands::add_run, commands::add_check, commands::add_status, commands::add_up,
                           commands::add_down, commands::add_rekey, commands::add_pki}) {
        add(app, status);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // The library's own exit codes say more than our contract has: help and version are done, the rest is misuse.
        return app.exit(error) == 0 ? commands::kDone : commands::kMisuse;
    }
    return status;
}
