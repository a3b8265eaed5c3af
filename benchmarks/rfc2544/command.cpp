// esplane-bench rfc2544: what a running gateway forwards, by the methods of RFC 2544.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/commands.h"
#include "benchmarks/ethdev/arguments.h"
#include "benchmarks/generate/learning.h"
#include "benchmarks/json_file.h"
#include "benchmarks/machine.h"
#include "benchmarks/rfc2544/examine.h"
#include "benchmarks/rfc2544/restart_program.h"
#include "benchmarks/rfc2544/text.h"
#include "benchmarks/rfc2544/trials.h"
#include "benchmarks/tsc.h"

namespace esplane::bench::commands {
namespace {

using ethdev::Station;
using ethdev::Stations;

struct Options {
    ethdev::Arguments arguments;
    std::vector<std::string> sizes{"64", "128", "256", "512", "1024", "1420", "imix"};
    std::vector<std::string> tests{"latency", "back-to-back", "recovery"};
    rfc2544::Examination examination;
    std::string restart;
    std::string json;

    bool has(const std::string& test) const { return std::find(tests.begin(), tests.end(), test) != tests.end(); }
};

rfc2544::Examination examination_of(const Options& options) {
    rfc2544::Examination examination = options.examination;
    examination.latency = options.has("latency");
    examination.back_to_back = options.has("back-to-back");
    examination.recovery = options.has("recovery");
    return examination;
}

using StationTrials = rfc2544::Trials<Station, Station, std::uint64_t (*)()>;

rfc2544::Device device_of(StationTrials& trials, const Options& options) {
    // Unpaced where the medium's rate is not said: then the port's is.
    const double burst_rate = options.examination.throughput.highest_rate;
    rfc2544::Device device{
        .trial = [&](const rfc2544::Offer& offer) { return trials.run(offer); },
        .burst = [&, burst_rate](std::uint64_t packets) { return trials.burst(packets, burst_rate); },
        .overload = [&](const rfc2544::OverloadOffer& offer) { return trials.overload(offer); }};
    if (options.restart.empty()) return device;
    device.restart = [&](const rfc2544::Offer& offer) {
        rfc2544::RestartProgram program(options.restart);
        return trials.restart(offer, {[&] { program.begin(); }, [&] { return program.has_ended(); }});
    };
    return device;
}

rfc2544::Result examine(Stations& stations, const generate::Traffic& traffic, const Options& options, double hz) {
    const auto clock = +[] { return read_tsc(); };
    if (!generate::learn(stations.sender(), stations.receiver(), traffic, stations.ends(), {}, hz, clock).is_whole)
        std::cerr << "packets are lost even at the slowest rate\n";
    StationTrials trials(stations.sender(), stations.receiver(),
                         {.traffic = traffic, .ends = stations.ends(), .hz = hz}, clock);
    const auto watch = [&](const rfc2544::Step& step) {
        std::cerr << traffic.mix.name << ": " << rfc2544::to_line(step) << std::endl;
    };
    return rfc2544::examine(device_of(trials, options), traffic, examination_of(options), watch);
}

int run(const Options& options) {
    const ethdev::StationsOptions wanted = ethdev::stations_of(options.arguments);
    std::vector<generate::Traffic> traffics;
    for (const std::string& size : options.sizes)
        traffics.push_back(ethdev::traffic_of(options.arguments, size));
    if (!pin_to_cpu(options.arguments.cpu))
        throw std::runtime_error(fmt::format("cannot run on cpu {}", options.arguments.cpu));
    const TscClock clock = calibrate_tsc();
    Stations stations(wanted);
    if (!stations.warning().empty()) std::cerr << stations.warning() << '\n';
    std::vector<rfc2544::Result> results;
    for (const generate::Traffic& traffic : traffics) {
        results.push_back(examine(stations, traffic, options, clock.hz));
        std::cout << rfc2544::to_text(results.back()) << std::flush;
        // After each: what was measured is not lost with what follows.
        if (!options.json.empty()) write_json(options.json, rfc2544::to_json(describe_machine(clock.hz), results));
    }
    return kDone;
}

void add_durations(CLI::App& command, rfc2544::Examination& examination) {
    const auto seconds = CLI::Range(0.01, 86400.0);
    rfc2544::ThroughputSearch& search = examination.throughput;
    command
        .add_option("--highest-rate", search.highest_rate,
                    "Packets a second of the medium, 1.488M for example; without it, what the generator can send")
        ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"k", 1e3}, {"M", 1e6}}))
        ->check(CLI::PositiveNumber);
    command.add_option("--resolution", search.resolution, "How near the limit is looked for, of the highest rate")
        ->check(CLI::Range(0.0001, 0.5))
        ->capture_default_str();
    command.add_option("--search-seconds", search.search_seconds, "Of a trial while searching")
        ->check(seconds)
        ->capture_default_str();
    command.add_option("--trial-seconds", search.confirm_seconds, "Of the trial that decides (RFC 2544 24: 60)")
        ->check(seconds)
        ->capture_default_str();
    command.add_option("--latency-seconds", examination.latency_seconds, "Of a trial of latency (RFC 2544 26.2: 120)")
        ->check(seconds)
        ->capture_default_str();
    command.add_option("--latency-repetitions", examination.latency_repetitions, "Trials of latency at each load")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
    command.add_option("--burst-repetitions", examination.burst_repetitions, "Searches for the longest burst")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
    command.add_option("--overload-seconds", examination.overload_seconds, "Of too much traffic, and then of half")
        ->check(seconds)
        ->capture_default_str();
    command.add_option("--restart-seconds", examination.restart_seconds, "Within which a restarted gateway forwards")
        ->check(seconds)
        ->capture_default_str();
    command.add_option("--repetitions", examination.repetitions, "Trials of recovery and of reset")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
}

}  // namespace

void add_rfc2544(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("rfc2544", "What a running gateway forwards, by RFC 2544, 6201 and 9004");
    const auto options = std::make_shared<Options>();
    ethdev::add_arguments(*command, options->arguments);
    command->add_option("--size", options->sizes, "Octets of IP packets, or imix")
        ->delimiter(',')
        ->capture_default_str();
    command->add_option("--tests", options->tests, "Beside throughput: any of latency,back-to-back,recovery, or none")
        ->delimiter(',')
        ->check(CLI::IsMember({"latency", "back-to-back", "recovery", "none"}))
        ->capture_default_str();
    add_durations(*command, options->examination);
    command
        ->add_option("--restart", options->restart,
                     "Measure a reset, too (RFC 6201): this program restarts the gateway, and ends when it is started")
        ->check(CLI::ExistingFile)
        ->type_name("PROGRAM");
    command->add_option("--json", options->json, "Write the results to this file, too")->type_name("FILE");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace esplane::bench::commands
