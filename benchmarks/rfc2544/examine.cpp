#include "benchmarks/rfc2544/examine.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace esplane::bench::rfc2544 {
namespace {

constexpr double kMostRate = 50e6;  // packets a second, more than any generator's
constexpr double kBurstResolution = 0.01;

/// What the generator, or the port, can do at most.
double utmost(const Device& device, double seconds, const Watch& watch) {
    const Outcome outcome = device.trial({kMostRate, seconds});
    if (outcome.sent == 0) throw std::runtime_error("The port that sends takes no packet; is its link up?");
    watch({.test = "utmost rate",
           .offer = fmt::format("{:.4f} Mpps for {:g} s", outcome.rate() / 1e6, outcome.seconds),
           .sent = outcome.sent,
           .lost = outcome.lost(),
           .passed = true});
    return outcome.rate();
}

BackToBack back_to_back(const Device& device, const Examination& wanted, double highest_rate, const Watch& watch) {
    const auto most = static_cast<std::uint64_t>(wanted.burst_seconds * highest_rate);
    return find_back_to_back(device.burst,
                             {.most_packets = std::max<std::uint64_t>(most, 1),
                              .resolution = kBurstResolution,
                              .repetitions = wanted.burst_repetitions},
                             watch);
}

}  // namespace

Result examine(const Device& device, const generate::Traffic& traffic, Examination wanted, const Watch& watch) {
    ThroughputSearch& search = wanted.throughput;
    if (search.highest_rate == 0) search.highest_rate = utmost(device, search.search_seconds, watch);
    Result result{.traffic = traffic, .highest_rate = search.highest_rate};
    result.throughput = find_throughput(device.trial, search, watch);
    ThroughputSearch tolerant = search;
    tolerant.tolerated_loss = wanted.tolerated_loss;
    result.tolerant = find_throughput(device.trial, tolerant, watch);
    if (wanted.back_to_back) result.back_to_back = back_to_back(device, wanted, search.highest_rate, watch);
    const double rate = result.throughput.rate;
    if (rate == 0) return result;  // the others are at shares of it
    if (wanted.latency) {
        result.latencies = measure_latency(device.trial,
                                           {.throughput = rate,
                                            .loads = wanted.loads,
                                            .seconds = wanted.latency_seconds,
                                            .repetitions = wanted.latency_repetitions},
                                           watch);
    }
    if (wanted.recovery) {
        result.recovery = measure_recovery(device.overload,
                                           {.throughput = rate,
                                            .highest_rate = search.highest_rate,
                                            .seconds = wanted.overload_seconds,
                                            .repetitions = wanted.repetitions},
                                           watch);
    }
    if (device.restart)
        result.reset = measure_reset(device.restart, {rate, wanted.restart_seconds}, wanted.repetitions, watch);
    return result;
}

}  // namespace esplane::bench::rfc2544
