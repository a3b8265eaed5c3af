// esplane-bench pipeline: what a packet costs, stage by stage, beside the cipher alone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "benchmarks/commands.h"
#include "benchmarks/json_file.h"
#include "benchmarks/pipeline/json.h"
#include "benchmarks/pipeline/measure.h"
#include "benchmarks/pipeline/table.h"
#include "benchmarks/pipeline/tunnels.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::bench::commands {
namespace {

struct Options {
    std::vector<std::string> directions{"encap", "decap"};
    std::vector<std::string> suites;
    std::vector<std::string> sizes{"64", "128", "256", "512", "1024", "1420", "imix"};
    std::vector<std::uint32_t> tunnels{1, 1000};
    Rounds rounds;
    int cpu = last_usable_cpu();
    std::string json;
};

std::vector<std::string> suite_names() {
    std::vector<std::string> names;
    for (const Suite& suite : bench::suites())
        names.emplace_back(suite.name());
    return names;
}

std::string check_size(const std::string& text) {
    if (parse_mix(text)) return {};
    return fmt::format("{} is neither imix nor a length from {} to {}", text, kShortestPacket, kLongestPacket);
}

/// One table's worth: all sizes.
std::vector<PipelineResult> measure_sizes(RingPorts& ports, const Options& options, const std::string& direction,
                                          const Suite& suite, std::uint32_t tunnels, const TscClock& clock) {
    const auto way = direction == "encap" ? Direction::kEncap : Direction::kDecap;
    std::vector<PipelineResult> results;
    for (const std::string& size : options.sizes)
        results.push_back(measure(ports, way, suite, tunnels, *parse_mix(size), options.rounds, clock));
    return results;
}

std::vector<PipelineResult> measure_all(RingPorts& ports, const Options& options, const TscClock& clock) {
    std::vector<PipelineResult> all;
    for (const std::string& direction : options.directions) {
        for (const std::string& suite : options.suites) {
            for (const std::uint32_t tunnels : options.tunnels) {
                const auto results = measure_sizes(ports, options, direction, *find_suite(suite), tunnels, clock);
                std::cout << table(results) << std::flush;
                all.insert(all.end(), results.begin(), results.end());
            }
        }
    }
    return all;
}

int run(const Options& options) {
    if (!pin_to_cpu(options.cpu)) throw std::runtime_error(fmt::format("cannot run on cpu {}", options.cpu));
    const TscClock clock = calibrate_tsc();
    const Machine machine = describe_machine(clock.hz);
    std::cout << heading(machine, options.rounds, options.cpu) << std::flush;
    RingPorts ports;
    const auto results = measure_all(ports, options, clock);
    if (!options.json.empty()) write_json(options.json, to_json(machine, results));
    return kDone;
}

}  // namespace

void add_pipeline(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("pipeline", "What a packet costs, stage by stage, beside the cipher alone");
    const auto options = std::make_shared<Options>();
    options->suites = suite_names();
    command->add_option("--direction", options->directions, "Any of encap,decap")
        ->delimiter(',')
        ->check(CLI::IsMember({"encap", "decap"}))
        ->capture_default_str();
    command->add_option("--suite", options->suites, "ESP suites")
        ->delimiter(',')
        ->check(CLI::IsMember(suite_names()))
        ->capture_default_str();
    command->add_option("--size", options->sizes, "Lengths of inner packets in octets, or imix")
        ->delimiter(',')
        ->check(CLI::Validator(check_size, ""))
        ->capture_default_str();
    command->add_option("--tunnels", options->tunnels, "Numbers of tunnels that packets are spread over")
        ->delimiter(',')
        ->check(CLI::Range(1U, kMostTunnels))
        ->capture_default_str();
    command->add_option("--batch", options->rounds.batch, "Packets in a batch")
        ->check(CLI::Range(std::size_t{1}, dataplane::kBurst))
        ->capture_default_str();
    command->add_option("--batches", options->rounds.batches, "Batches that a figure is the median of")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->capture_default_str();
    command->add_option("--cpu", options->cpu, "The CPU to run on")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--json", options->json, "Write the results to this file, too")->type_name("FILE");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace esplane::bench::commands
