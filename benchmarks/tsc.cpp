#include "benchmarks/tsc.h"

#include <chrono>
#include <vector>

#include "benchmarks/statistics.h"

namespace esplane::bench {
namespace {

double hz() {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const std::uint64_t first = read_tsc();
    auto end = begin;
    while (end - begin < std::chrono::milliseconds(50))
        end = Clock::now();
    const std::uint64_t last = read_tsc();
    return static_cast<double>(last - first) / std::chrono::duration<double>(end - begin).count();
}

double cost_of_reading() {
    std::vector<double> samples;
    for (int i = 0; i < 10000; ++i) {
        const std::uint64_t before = read_tsc();
        samples.push_back(static_cast<double>(read_tsc() - before));
    }
    return median(samples);
}

}  // namespace

TscClock calibrate_tsc() {
    return {.hz = hz(), .reading = cost_of_reading()};
}

}  // namespace esplane::bench
