// esplane-bench pipeline: what a packet costs, stage by stage, beside the cipher alone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
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
    std::vector<std::uint32_t> workers{1};
    Rounds rounds;
    int cpu = usable_cpus().front();
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
std::vector<PipelineResult> measure_sizes(RingPorts& ports, const Options& options, std::span<const int> cpus,
                                          const std::string& direction, const Suite& suite, std::uint32_t tunnels,
                                          const TscClock& clock) {
    const auto way = direction == "encap" ? Direction::kEncap : Direction::kDecap;
    std::vector<PipelineResult> results;
    for (const std::string& size : options.sizes)
        results.push_back(measure(ports, cpus, way, suite, tunnels, *parse_mix(size), options.rounds, clock));
    return results;
}

std::vector<PipelineResult> measure_all(RingPorts& ports, const Options& options, std::span<const int> cpus,
                                        const TscClock& clock) {
    std::vector<PipelineResult> all;
    for (const std::string& direction : options.directions) {
        for (const std::string& suite : options.suites) {
            for (const std::uint32_t tunnels : options.tunnels) {
                for (const std::uint32_t workers : options.workers) {
                    const auto results = measure_sizes(ports, options, cpus.first(workers), direction,
                                                       *find_suite(suite), tunnels, clock);
                    std::cout << table(results) << std::flush;
                    all.insert(all.end(), results.begin(), results.end());
                }
            }
        }
    }
    return all;
}

/// For each worker one, this thread's first.
std::vector<int> cpus_for(const Options& options) {
    std::vector<int> cpus{options.cpu};
    for (const int cpu : usable_cpus()) {
        if (cpu != options.cpu) cpus.push_back(cpu);
    }
    const std::uint32_t wanted = *std::max_element(options.workers.begin(), options.workers.end());
    if (cpus.size() < wanted)
        throw std::runtime_error(fmt::format("{} workers want a cpu each, there are {}", wanted, cpus.size()));
    cpus.resize(wanted);
    return cpus;
}

int run(const Options& options) {
    const std::vector<int> cpus = cpus_for(options);
    if (!pin_to_cpu(options.cpu)) throw std::runtime_error(fmt::format("cannot run on cpu {}", options.cpu));
    const TscClock clock = calibrate_tsc();
    const Machine machine = describe_machine(clock.hz);
    std::cout << heading(machine, options.rounds, options.cpu) << std::flush;
    RingPorts ports(static_cast<unsigned>(cpus.size()));
    const auto results = measure_all(ports, options, cpus, clock);
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
    command->add_option("--workers", options->workers, "Numbers of workers, each with so many tunnels of its own")
        ->delimiter(',')
        ->check(CLI::Range(1U, RingPorts::kMostWorkers))
        ->capture_default_str();
    command->add_option("--batch", options->rounds.batch, "Packets in a batch")
        ->check(CLI::Range(std::size_t{1}, dataplane::kBurst))
        ->capture_default_str();
    command->add_option("--batches", options->rounds.batches, "Batches that a figure is the median of")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->capture_default_str();
    command->add_option("--cpu", options->cpu, "The CPU of the first worker")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--json", options->json, "Write the results to this file, too")->type_name("FILE");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace esplane::bench::commands
