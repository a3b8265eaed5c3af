#include "benchmarks/rfc2544/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace esplane::bench::rfc2544 {
namespace {

constexpr double kOverload = 1.1;
constexpr double kRelief = 0.5;

}  // namespace

double recovery_seconds(const OverloadOutcome& outcome, double relief_rate) {
    if (!outcome.last_lost || *outcome.last_lost < outcome.first_of_relief) return 0;
    return static_cast<double>(*outcome.last_lost + 1 - outcome.first_of_relief) / relief_rate;
}

Spread measure_recovery(const Overload& overload, const RecoveryTest& test, const Watch& watch) {
    const double high = std::min(kOverload * test.throughput, test.highest_rate);
    const double low = kRelief * high;
    std::vector<double> times;
    for (unsigned i = 0; i < test.repetitions; ++i) {
        const OverloadOutcome outcome = overload({{high, test.seconds}, {low, test.seconds}});
        watch({.test = "recovery",
               .offer =
                   fmt::format("{:.4f} Mpps, then {:.4f} Mpps, for {:g} s each", high / 1e6, low / 1e6, test.seconds),
               .sent = outcome.sent,
               .lost = outcome.lost,
               .passed = true});
        times.push_back(recovery_seconds(outcome, low));
    }
    return spread_of(times);
}

ResetTime measure_reset(const Restart& restart, const Offer& offer, unsigned repetitions, const Watch& watch) {
    std::vector<double> by_loss;
    std::vector<double> by_silence;
    for (unsigned i = 0; i < repetitions; ++i) {
        const RestartOutcome outcome = restart(offer);
        const std::uint64_t lost = outcome.sent - outcome.received;
        watch({.test = "reset",
               .offer = fmt::format("{:.4f} Mpps", offer.rate / 1e6),
               .sent = outcome.sent,
               .lost = lost,
               .passed = true});
        if (!outcome.has_recovered) {
            throw std::runtime_error(
                fmt::format("{:g} s after its restart began, the gateway does not forward again", outcome.seconds));
        }
        by_loss.push_back(static_cast<double>(lost) / offer.rate);
        by_silence.push_back(outcome.silence_seconds);
    }
    return {.by_loss = spread_of(by_loss), .by_silence = spread_of(by_silence)};
}

}  // namespace esplane::bench::rfc2544
