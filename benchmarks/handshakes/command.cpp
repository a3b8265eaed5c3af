// esplane-bench handshakes: what an IKE set-up costs the responder, and what a flood of them does.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "benchmarks/commands.h"
#include "benchmarks/handshakes/cold_start.h"
#include "benchmarks/handshakes/flood.h"
#include "benchmarks/handshakes/json.h"
#include "benchmarks/handshakes/set_ups.h"
#include "benchmarks/handshakes/table.h"
#include "benchmarks/json_file.h"
#include "benchmarks/tsc.h"

namespace esplane::bench::commands {
namespace {

constexpr std::uint32_t kMostTunnels = 100'000;
constexpr std::uint32_t kTunnelsUpInFlood = 1'000;

struct Options {
    std::vector<std::uint32_t> established{0, 1'000, 10'000};
    std::uint32_t set_ups = 2'000;
    std::uint32_t cold_start = 10'000;
    std::uint32_t flood = 100'000;
    std::uint32_t flood_seconds = 5;
    int cpu = usable_cpus().front();
    std::string json;
};

int run(const Options& options) {
    if (!pin_to_cpu(options.cpu)) throw std::runtime_error(fmt::format("cannot run on cpu {}", options.cpu));
    const Machine machine = describe_machine(calibrate_tsc().hz);
    std::cout << handshakes_heading(machine, options.cpu) << set_ups_heading() << std::flush;
    HandshakeResults results;
    for (const std::uint32_t established : options.established) {
        results.set_ups.push_back(measure_set_ups(established, options.set_ups));
        std::cout << line(results.set_ups.back()) << std::flush;
    }
    if (options.cold_start > 0) {
        results.cold_starts.push_back(measure_cold_start(options.cold_start));
        std::cout << line(results.cold_starts.back()) << std::flush;
    }
    if (options.flood > 0) {
        results.floods.push_back(measure_flood(options.flood, options.flood_seconds, kTunnelsUpInFlood));
        std::cout << line(results.floods.back()) << std::flush;
    }
    if (!options.json.empty()) write_json(options.json, to_json(machine, results));
    return kDone;
}

}  // namespace

void add_handshakes(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("handshakes", "What an IKE set-up costs the responder, and what a flood does");
    const auto options = std::make_shared<Options>();
    command->add_option("--established", options->established, "Numbers of SAs that are up before the set-ups")
        ->delimiter(',')
        ->check(CLI::Range(0U, kMostTunnels))
        ->capture_default_str();
    command->add_option("--set-ups", options->set_ups, "Set-ups that a figure is the median of")
        ->check(CLI::Range(1U, kMostTunnels))
        ->capture_default_str();
    command->add_option("--cold-start", options->cold_start, "Tunnels that all start at once; 0: none")
        ->check(CLI::Range(0U, kMostTunnels))
        ->capture_default_str();
    command->add_option("--flood", options->flood, "Spoofed requests a second; 0: none")
        ->check(CLI::Range(0U, 10'000'000U))
        ->capture_default_str();
    command->add_option("--flood-seconds", options->flood_seconds, "Of the engine's clock")
        ->check(CLI::Range(1U, 600U))
        ->capture_default_str();
    command->add_option("--cpu", options->cpu, "The CPU to run on")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--json", options->json, "Write the results to this file, too")->type_name("FILE");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace esplane::bench::commands
