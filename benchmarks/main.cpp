// The `esplane-bench` program.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "benchmarks/commands.h"

int main(int argc, char** argv) {
    namespace commands = esplane::bench::commands;
    CLI::App app{"Measures what esplane costs on this machine", "esplane-bench"};
    app.set_version_flag("--version", "esplane-bench " ESPLANE_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(36);
    int status = commands::kDone;
    commands::add_pipeline(app, status);
    commands::add_generate(app, status);
    commands::add_rfc2544(app, status);
    commands::add_handshakes(app, status);
    commands::add_report(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? commands::kDone : commands::kMisuse;
    } catch (const std::exception& error) {
        std::cerr << "esplane-bench: " << error.what() << '\n';
        return commands::kFailed;
    }
    return status;
}
