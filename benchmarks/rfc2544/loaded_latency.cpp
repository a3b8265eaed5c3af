#include "benchmarks/rfc2544/loaded_latency.h"

#include <fmt/format.h>

#include <utility>

namespace esplane::bench::rfc2544 {

std::vector<LoadedLatency> measure_latency(const Trial& trial, const LatencyTest& test, const Watch& watch) {
    std::vector<LoadedLatency> all;
    for (const double load : test.loads) {
        LoadedLatency measured{.load = load, .rate = load * test.throughput};
        for (unsigned i = 0; i < test.repetitions; ++i) {
            const Outcome outcome = trial({measured.rate, test.seconds});
            watch(
                {.test = "latency",
                 .offer = fmt::format("{:.4f} Mpps ({:g} %) for {:g} s", measured.rate / 1e6, load * 100, test.seconds),
                 .sent = outcome.sent,
                 .lost = outcome.lost(),
                 .passed = outcome.lost() == 0});
            measured.outcome = joined(std::move(measured.outcome), outcome);
        }
        all.push_back(std::move(measured));
    }
    return all;
}

}  // namespace esplane::bench::rfc2544
