// esplane-bench generate: sends packets by one port, and counts what of them comes to another.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "benchmarks/commands.h"
#include "benchmarks/ethdev/arguments.h"
#include "benchmarks/generate/learning.h"
#include "benchmarks/generate/pcap.h"
#include "benchmarks/generate/replay.h"
#include "benchmarks/generate/text.h"
#include "benchmarks/generate/trial.h"
#include "benchmarks/json_file.h"
#include "benchmarks/machine.h"
#include "benchmarks/machine_json.h"
#include "benchmarks/tsc.h"

namespace esplane::bench::commands {
namespace {

using ethdev::Stations;
using Json = nlohmann::ordered_json;

/// A packet has a bit; unpaced, nobody knows before how many there will be.
constexpr double kMostUnpaced = 50e6;  // packets a second

struct Options {
    ethdev::Arguments arguments;
    std::string size = "64";
    double rate = generate::Pacer::kUnpaced;
    double seconds = 10;
    std::uint64_t packets = 0;
    std::string capture;
    std::string json;
};

generate::Plan plan_of(const Options& options, double hz) {
    const double most = options.rate == generate::Pacer::kUnpaced ? kMostUnpaced : options.rate;
    generate::Plan plan = generate::Plan::paced(most, options.seconds, hz);
    plan.rate = options.rate;
    if (options.packets > 0) plan.packets = std::min(plan.packets, options.packets);
    return plan;
}

Json send_traffic(Stations& stations, const generate::Traffic& traffic, const generate::Plan& plan) {
    const generate::Learned learned =
        generate::learn(stations.sender(), stations.receiver(), traffic, stations.ends(), {}, plan.hz, read_tsc);
    if (!learned.is_whole) std::cerr << "packets are lost even at the slowest rate\n";
    const auto result =
        generate::run_trial(stations.sender(), stations.receiver(), traffic, stations.ends(), plan, read_tsc);
    std::cout << generate::to_text(traffic, result) << std::flush;
    Json json = generate::to_json(traffic, result);
    json["learning"] = {{"sent", learned.sent}, {"received", learned.received}};
    return json;
}

Json send_capture(Stations& stations, const std::string& file, const generate::Plan& plan) {
    const generate::Replay replay = generate::make_replay(generate::read_pcap(file), stations.ends());
    generate::ReplaySource source(replay);
    generate::ReplaySink sink(replay);
    const auto course = generate::run_course(stations.sender(), stations.receiver(), source, sink, plan, read_tsc);
    const auto arrivals = sink.arrivals(course.sent);
    std::cout << fmt::format("{} packets of {}; {} cut, {} without IP\n", replay.frames.size(), file, replay.cut,
                             replay.without_ip)
              << generate::to_text(course, arrivals) << std::flush;
    return generate::to_json(file, course, arrivals);
}

int run(const Options& options) {
    // Wrong words before anything is opened.
    const ethdev::StationsOptions wanted = ethdev::stations_of(options.arguments);
    const generate::Traffic traffic = ethdev::traffic_of(options.arguments, options.size);
    if (!pin_to_cpu(options.arguments.cpu))
        throw std::runtime_error(fmt::format("cannot run on cpu {}", options.arguments.cpu));
    const TscClock clock = calibrate_tsc();
    Stations stations(wanted);
    if (!stations.warning().empty()) std::cerr << stations.warning() << '\n';
    const generate::Plan plan = plan_of(options, clock.hz);
    const Json result =
        options.capture.empty() ? send_traffic(stations, traffic, plan) : send_capture(stations, options.capture, plan);
    if (options.json.empty()) return kDone;
    const Json document{{"machine", to_json(describe_machine(clock.hz))}, {"generate", Json::array({result})}};
    write_json(options.json, document);
    return kDone;
}

}  // namespace

void add_generate(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("generate", "Sends packets by one port, counts what comes to another");
    const auto options = std::make_shared<Options>();
    ethdev::add_arguments(*command, options->arguments);
    command->add_option("--size", options->size, "Octets of an IP packet, or imix")->capture_default_str();
    command->add_option("--rate", options->rate, "Packets a second, 1.5M for example; without it, as many as go")
        ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"k", 1e3}, {"M", 1e6}}))
        ->check(CLI::NonNegativeNumber);
    command->add_option("--seconds", options->seconds, "How long")
        ->check(CLI::Range(0.001, 86400.0))
        ->capture_default_str();
    command->add_option("--packets", options->packets, "No more than so many");
    command
        ->add_option("--pcap", options->capture,
                     "Send the IP packets of this capture, again and again, in the place of --from, --to, --size ...")
        ->check(CLI::ExistingFile);
    command->add_option("--json", options->json, "Write the results to this file, too")->type_name("FILE");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace esplane::bench::commands
