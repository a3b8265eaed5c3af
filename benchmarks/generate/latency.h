// Latencies, summed up.
#pragma once

#include <nlohmann/json.hpp>

#include "benchmarks/generate/latency_histogram.h"

namespace esplane::bench::generate {

/// All in microseconds.
struct Latency {
    double least = 0;
    double mean = 0;
    double p50 = 0;
    double p90 = 0;
    double p99 = 0;
    double p999 = 0;
    double greatest = 0;
};

/// Of durations in cycles of a clock of `hz`.
Latency summarise(const LatencyHistogram& histogram, double hz);

/// {"min", "mean", "p50", "p90", "p99", "p99.9", "max"}.
nlohmann::ordered_json to_json(const Latency& latency);

}  // namespace esplane::bench::generate
