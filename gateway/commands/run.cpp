// esplane run --config FILE: the gateway itself, in the foreground.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "config/load.h"
#include "gateway/commands/commands.h"
#include "gateway/gateway.h"
#include "gateway/log.h"
#include "gateway/privileges.h"
#include "gateway/version.h"

namespace esplane::gateway::commands {
namespace {

int run(const std::string& file) {
    auto options = config::load_file(file);
    if (!options) {
        for (const config::Problem& problem : options.error())
            std::cerr << problem.to_string() << '\n';
        return kMisuse;
    }
    open_log(options->log);
    log_info("esplane " + std::string(kVersion) + " starts with " + file);
    const Hardware hardware = options->dataplane.dpdk ? Hardware::kDpdk : Hardware::kKernel;
    if (const auto reduced = give_up_privileges(hardware); !reduced) {
        log_error(reduced.error());
        return kFailed;
    }
    auto gateway = Gateway::start(std::move(*options), file);
    if (!gateway) {
        log_error(gateway.error());
        return kFailed;
    }
    (*gateway)->run();
    return kDone;
}

}  // namespace

void add_run(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "run", "Run the gateway in the foreground: SIGTERM ends it and leaves nothing behind, SIGHUP reloads the file");
    const auto file = std::make_shared<std::string>();
    command->add_option("--config", *file, "The configuration")->type_name("FILE")->required();
    command->callback([file, &status] { status = run(*file); });
}

}  // namespace esplane::gateway::commands
