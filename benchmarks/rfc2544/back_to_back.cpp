#include "benchmarks/rfc2544/back_to_back.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace esplane::bench::rfc2544 {
namespace {

bool passes(const Burst& burst, std::uint64_t packets, const Watch& watch) {
    const Outcome outcome = burst(packets);
    const bool passed = outcome.sent > 0 && outcome.lost() == 0;
    watch({.test = "back-to-back",
           .offer = fmt::format("{} packets", packets),
           .sent = outcome.sent,
           .lost = outcome.lost(),
           .passed = passed});
    return passed;
}

std::uint64_t longest_burst(const Burst& burst, const BackToBackSearch& search, const Watch& watch) {
    if (passes(burst, search.most_packets, watch)) return search.most_packets;
    std::uint64_t passed = 0;
    std::uint64_t failed = search.most_packets;
    const auto is_near = [&] {
        const double resolution = search.resolution * static_cast<double>(passed);
        return static_cast<double>(failed - passed) <= std::max(resolution, 1.0);
    };
    while (!is_near()) {
        const std::uint64_t packets = passed + (failed - passed) / 2;
        (passes(burst, packets, watch) ? passed : failed) = packets;
    }
    return passed;
}

}  // namespace

BackToBack find_back_to_back(const Burst& burst, const BackToBackSearch& search, const Watch& watch) {
    std::vector<double> lengths;
    for (unsigned i = 0; i < search.repetitions; ++i)
        lengths.push_back(static_cast<double>(longest_burst(burst, search, watch)));
    const Spread packets = spread_of(lengths);
    return {.packets = packets, .is_unlimited = packets.greatest >= static_cast<double>(search.most_packets)};
}

double buffer_seconds(double packets, double highest_rate, double throughput) {
    const double implied = packets / highest_rate;
    return implied - implied * throughput / highest_rate;
}

}  // namespace esplane::bench::rfc2544
