// The `esplane-probe` program: one end of what scripts/bench-tun measures. Prints one JSON object.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "benchmarks/tun/probe/commands.h"

int main(int argc, char** argv) {
    namespace probe = esplane::bench::probe;
    CLI::App app{"Sends, counts and times packets between two hosts", "esplane-probe"};
    app.require_subcommand(1);
    probe::add_send(app);
    probe::add_sink(app);
    probe::add_ping(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        std::cerr << "esplane-probe: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
