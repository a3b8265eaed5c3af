#include "benchmarks/generate/latency.h"

namespace esplane::bench::generate {

Latency summarise(const LatencyHistogram& histogram, double hz) {
    const double us = 1e6 / hz;
    const auto percentile = [&](double share) { return static_cast<double>(histogram.percentile(share)) * us; };
    return {.least = static_cast<double>(histogram.least()) * us,
            .mean = histogram.mean() * us,
            .p50 = percentile(0.5),
            .p90 = percentile(0.9),
            .p99 = percentile(0.99),
            .p999 = percentile(0.999),
            .greatest = static_cast<double>(histogram.greatest()) * us};
}

nlohmann::ordered_json to_json(const Latency& latency) {
    return {{"min", latency.least}, {"mean", latency.mean},  {"p50", latency.p50},     {"p90", latency.p90},
            {"p99", latency.p99},   {"p99.9", latency.p999}, {"max", latency.greatest}};
}

}  // namespace esplane::bench::generate
