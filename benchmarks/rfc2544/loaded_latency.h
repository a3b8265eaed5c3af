// Latency (RFC 2544 26.2), at shares of the throughput. Every packet is timed, not one of each trial.
#pragma once

#include <vector>

#include "benchmarks/rfc2544/outcome.h"
#include "benchmarks/rfc2544/progress.h"

namespace esplane::bench::rfc2544 {

struct LatencyTest {
    double throughput = 0;  ///< packets a second
    std::vector<double> loads{0.1, 0.5, 0.9};
    double seconds = 120;  ///< a trial
    unsigned repetitions = 1;
};

struct LoadedLatency {
    double load = 0;
    double rate = 0;  ///< packets a second
    Outcome outcome;  ///< of all repetitions together
};

/// One for each load.
std::vector<LoadedLatency> measure_latency(const Trial& trial, const LatencyTest& test, const Watch& watch);

}  // namespace esplane::bench::rfc2544
