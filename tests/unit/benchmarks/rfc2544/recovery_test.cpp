#include "benchmarks/rfc2544/recovery.h"

#include <catch2/catch.hpp>

#include "tests/unit/benchmarks/rfc2544/device.h"

namespace esplane::bench::rfc2544 {
namespace {

using test::kNobody;

TEST_CASE("recovery ends with the last packet lost at the lower rate") {
    const OverloadOutcome outcome{.sent = 2000, .first_of_relief = 1000};
    struct Case {
        std::optional<std::uint64_t> last_lost;
        double seconds;
    };
    const Case cases[] = {{std::nullopt, 0}, {999, 0}, {1000, 0.01}, {1099, 1}, {1999, 10}};
    for (const Case& one : cases) {
        OverloadOutcome with = outcome;
        with.last_lost = one.last_lost;
        CHECK(recovery_seconds(with, 100) == Approx(one.seconds));
    }
}

TEST_CASE("the overload is 110 % of the throughput, or what the medium carries, and the relief half of it") {
    for (const double highest : {2e6, 1.05e6}) {
        unsigned calls = 0;
        const Overload overload = [&](const OverloadOffer& offer) {
            CHECK(offer.overload.rate == Approx(std::min(1.1e6, highest)));
            CHECK(offer.relief.rate == Approx(offer.overload.rate / 2));
            CHECK(offer.overload.seconds == 60);
            // The first time it recovers at once, then it takes a tenth of a second.
            const auto first = static_cast<std::uint64_t>(offer.overload.rate * 60);
            const auto lost = static_cast<std::uint64_t>(offer.relief.rate * 0.1) * calls++;
            return OverloadOutcome{
                .sent = 2 * first, .lost = lost, .first_of_relief = first, .last_lost = first + lost - 1};
        };
        const Spread found =
            measure_recovery(overload, {.throughput = 1e6, .highest_rate = highest, .repetitions = 2}, kNobody);
        CHECK(calls == 2);
        CHECK(found.least == Approx(0).margin(1e-5));
        CHECK(found.greatest == Approx(0.1));
        CHECK(found.mean == Approx(0.05));
    }
}

TEST_CASE("the time of a restart is that of what is lost, and that of silence") {
    unsigned restarts = 0;
    const Restart restart = [&](const Offer& offer) {
        ++restarts;
        const auto sent = static_cast<std::uint64_t>(offer.rate * offer.seconds);
        return RestartOutcome{.sent = sent,
                              .received = sent - static_cast<std::uint64_t>(offer.rate / 2) * restarts,
                              .seconds = offer.seconds,
                              .silence_seconds = 0.4 * restarts,
                              .has_recovered = true};
    };
    std::vector<std::string> lines;
    const ResetTime found =
        measure_reset(restart, {1000, 10}, 3, [&](const Step& step) { lines.push_back(to_line(step)); });
    CHECK(found.by_loss.mean == Approx(1));
    CHECK(found.by_loss.least == Approx(0.5));
    CHECK(found.by_loss.greatest == Approx(1.5));
    CHECK(found.by_silence.mean == Approx(0.8));
    CHECK(lines.front() == "reset: 0.0010 Mpps: lost 500 of 10000 (5.00000 %)");
    CHECK(lines.size() == 3);
}

TEST_CASE("a device that does not forward again has no time of reset") {
    const Restart restart = [](const Offer&) { return RestartOutcome{.sent = 10, .received = 5, .seconds = 2}; };
    CHECK_THROWS_WITH(measure_reset(restart, {1000, 2}, 1, kNobody), Catch::Contains("does not forward again"));
}

}  // namespace
}  // namespace esplane::bench::rfc2544
