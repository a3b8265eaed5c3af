// esplane check FILE: every problem of a configuration, with its place.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "config/load.h"
#include "gateway/commands/commands.h"
#include "gateway/status/units.h"

namespace esplane::gateway::commands {
namespace {

int check(const std::string& file) {
    const auto loaded = config::load_file(file);
    if (!loaded) {
        for (const config::Problem& problem : loaded.error())
            std::cerr << problem.to_string() << '\n';
        return kMisuse;
    }
    std::cout << file << ": ok, " << count_text(loaded->tunnels.size(), "tunnel") << '\n';
    return kDone;
}

}  // namespace

void add_check(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("check", "Validate a configuration, naming every problem with line and column");
    const auto file = std::make_shared<std::string>();
    command->add_option("FILE", *file, "The configuration")->required();
    command->callback([file, &status] { status = check(*file); });
}

}  // namespace esplane::gateway::commands
