// Over a wire with an outage whose beginning and end the test knows.
#include "benchmarks/rfc2544/trials.h"

#include <catch2/catch.hpp>

#include "tests/unit/benchmarks/generate/traffics.h"
#include "tests/unit/benchmarks/generate/wire.h"

namespace esplane::bench::rfc2544 {
namespace {

using generate::test::Wire;
using generate::test::WirePort;

constexpr double kHz = 1e6;

TrialSetup setup() {
    return {.traffic = generate::test::traffic(Family::kIpv4, generate::Transport::kUdp),
            .hz = kHz,
            .residue_seconds = 0.01,
            .before_restart = 0.5,
            .after_restart = 0.3,
            .longest_pause = 0.05};
}

struct Lab {
    Wire wire{{}, 1};
    WirePort out{wire};
    WirePort in{wire};

    auto trials() {
        const auto clock = [this] { return wire.tick(); };
        return Trials<WirePort, WirePort, decltype(clock)>(out, in, setup(), clock);
    }
};

TEST_CASE("a trial and a burst count what a wire forwards") {
    Lab lab;
    auto trials = lab.trials();
    const Outcome trial = trials.run({.rate = 1000, .seconds = 0.5});
    CHECK(trial.sent == Approx(500).margin(1));
    CHECK(trial.received == trial.sent);
    CHECK(trial.rate() == Approx(1000).epsilon(0.01));
    const Outcome burst = trials.burst(300, generate::Pacer::kUnpaced);
    CHECK(burst.sent == 300);
    CHECK(burst.lost() == 0);
}

TEST_CASE("the rate falls without a pause, and the last packet lost afterwards tells when the device recovered") {
    Lab lab;
    auto trials = lab.trials();
    const std::uint64_t start = lab.wire.now();
    lab.wire.be_silent_until(start + 1'200'000);  // all of the overload, and 0.2 s of the relief
    const OverloadOutcome outcome = trials.overload({{.rate = 1000, .seconds = 1}, {.rate = 500, .seconds = 1}});
    CHECK(outcome.first_of_relief == Approx(1000).margin(1));
    CHECK(outcome.sent == Approx(1500).margin(2));
    CHECK(outcome.lost == Approx(1100).margin(2));
    CHECK(recovery_seconds(outcome, 500) == Approx(0.2).margin(0.005));
    CHECK(lab.wire.sent() == outcome.sent);
}

TEST_CASE("a restart is over when the device has forwarded again for a while") {
    Lab lab;
    auto trials = lab.trials();
    std::uint64_t begun = 0;
    const Restarter restarter{[&] {
                                  begun = lab.wire.now();
                                  lab.wire.be_silent_until(begun + 700'000);
                              },
                              [&] { return lab.wire.now() > begun + 200'000; }};
    const RestartOutcome outcome = trials.restart({.rate = 1000, .seconds = 30}, restarter);
    CHECK(outcome.has_recovered);
    CHECK(outcome.silence_seconds == Approx(0.7).margin(0.005));
    CHECK(outcome.sent - outcome.received == Approx(700).margin(2));
    CHECK(outcome.seconds == Approx(0.5 + 0.7 + 0.3).margin(0.05));
}

TEST_CASE("a device that has begun anew and forwards nothing has not recovered") {
    Lab lab;
    auto trials = lab.trials();
    const Restarter restarter{[&] { lab.wire.be_silent_until(UINT64_MAX); }, [] { return true; }};
    const RestartOutcome outcome = trials.restart({.rate = 1000, .seconds = 3}, restarter);
    CHECK_FALSE(outcome.has_recovered);
    CHECK(outcome.seconds == Approx(3).margin(0.01));
}

TEST_CASE("nor has one that nobody says to have begun anew") {
    Lab lab;
    auto trials = lab.trials();
    const RestartOutcome outcome = trials.restart({.rate = 1000, .seconds = 2}, {[] {}, [] { return false; }});
    CHECK_FALSE(outcome.has_recovered);
    CHECK(outcome.received == outcome.sent);
}

}  // namespace
}  // namespace esplane::bench::rfc2544
