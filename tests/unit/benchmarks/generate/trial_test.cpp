// Whole trials over a wire that knows what it did: each count is compared with that.
#include "benchmarks/generate/trial.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/unit/benchmarks/generate/traffics.h"
#include "tests/unit/benchmarks/generate/wire.h"

namespace esplane::bench::generate {
namespace {

constexpr double kHz = 1e9;

struct Truth {
    Arrivals arrivals;
    std::uint64_t damaged = 0;
    std::optional<std::uint64_t> last_lost;
    std::uint64_t least_delay = UINT64_MAX;
    std::uint64_t greatest_delay = 0;
};

Truth truth_of(const test::Wire& wire, std::uint64_t flows) {
    Truth truth;
    std::set<std::uint64_t> seen;
    std::map<std::uint64_t, std::uint64_t> highest;
    for (const test::Delivered& one : wire.delivered()) {
        if (one.damaged) {
            ++truth.damaged;
        } else if (!seen.insert(one.number).second) {
            ++truth.arrivals.duplicates;
        } else {
            ++truth.arrivals.received;
            const auto [flow, is_first] = highest.try_emplace(one.number % flows, one.number);
            truth.arrivals.reordered += one.number < flow->second;
            flow->second = std::max(flow->second, one.number);
            truth.least_delay = std::min(truth.least_delay, one.delay);
            truth.greatest_delay = std::max(truth.greatest_delay, one.delay);
        }
    }
    for (std::uint64_t number = 0; number < wire.sent(); ++number) {
        if (seen.count(number) == 0) truth.last_lost = number;
    }
    return truth;
}

Plan plan_of(double rate, double seconds) {
    Plan plan = Plan::paced(rate, seconds, kHz);
    plan.residue_seconds = 5e-5;
    return plan;
}

TEST_CASE("what a wire did to a traffic is counted exactly") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    const test::Faults faults[] = {
        {},
        {.loss = 0.1},
        {.duplication = 0.1, .jitter = 30'000},
        {.loss = 0.01, .duplication = 0.01, .damage = 0.05, .jitter = 3000},
        {.loss = 0.5, .duplication = 0.3, .damage = 0.2, .jitter = 30'000, .taken_at_once = 3},
        {.loss = 1},
    };
    for (test::Faults fault : faults) {
        for (const Family family : test::kFamilies) {
            for (const Transport transport : test::kTransports) {
                for (const std::uint32_t flows : {1U, 13U}) {
                    CAPTURE(fault.loss, fault.damage, int(family), int(transport), flows);
                    fault.damage_at = Layout(family, transport).probe_at + kProbeSequenceAt;
                    const Traffic traffic = test::traffic(family, transport, "imix", flows);
                    test::Wire wire(fault, seed);
                    test::WirePort out(wire);
                    test::WirePort in(wire);
                    const TrialResult result =
                        run_trial(out, in, traffic, {}, plan_of(2e6, 5e-4), [&] { return wire.tick(); });
                    const Truth truth = truth_of(wire, flows);
                    CHECK(result.course.sent == wire.sent());
                    CHECK(result.course.sent == Approx(1000).margin(1));
                    CHECK(result.course.missed == 0);
                    CHECK(result.course.rate() == Approx(2e6).epsilon(0.002));
                    CHECK(result.arrivals.received == truth.arrivals.received);
                    CHECK(result.arrivals.duplicates == truth.arrivals.duplicates);
                    CHECK(result.arrivals.reordered == truth.arrivals.reordered);
                    CHECK(result.damaged == truth.damaged);
                    CHECK(result.foreign == 0);
                    CHECK(result.last_lost == truth.last_lost);
                    CHECK(result.lost() == wire.sent() - truth.arrivals.received);
                    CHECK(result.latency.count() == truth.arrivals.received);
                    if (truth.arrivals.received > 0 && fault.taken_at_once == kBurst) {
                        // The wire's clock goes on between stamping and sending, and is looked at once a burst.
                        CHECK(result.latency.least() == Approx(truth.least_delay).margin(20));
                        CHECK(result.latency.greatest() == Approx(truth.greatest_delay).margin(20));
                    }
                    CHECK(out.lent() == 0);
                    CHECK(in.lent() == 0);
                }
            }
        }
    }
}

TEST_CASE("frames of others, and what an earlier trial has left, do not count as ours") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp);
    test::Wire wire({}, 1);
    test::WirePort out(wire);
    test::WirePort in(wire);
    const auto clock = [&] { return wire.tick(); };
    Bytes stale(200);
    stale.resize(Stamper(traffic, {}).stamp(stale.data(), {}));
    for (int i = 0; i < 200; ++i)
        wire.inject(stale);
    Plan plan = plan_of(1e6, 1e-4);
    const TrialResult first = run_trial(out, in, traffic, {}, plan, clock);
    CHECK(first.arrivals.duplicates == 0);
    CHECK(first.lost() == 0);
    // Behind the clock's first look: it arrives during the trial.
    int looks = 0;
    const TrialResult second = run_trial(out, in, traffic, {}, plan, [&] {
        if (++looks == 10) wire.inject(Bytes(60));
        return wire.tick();
    });
    CHECK(second.foreign == 1);
    CHECK(second.lost() == 0);
}

TEST_CASE("a port that takes too few makes the trial miss packets, not send them late") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp);
    test::Wire wire({.taken_at_once = 1}, 1);
    test::WirePort out(wire);
    test::WirePort in(wire);
    // Two looks at the clock a turn, once packets arrive, of ten cycles each; a packet a turn at most: a tenth of what
    // is asked for.
    const TrialResult result = run_trial(out, in, traffic, {}, plan_of(5e8, 1e-5), [&] { return wire.tick(); });
    CHECK(result.course.sent == Approx(500).margin(10));
    CHECK(result.course.sent + result.course.missed == Approx(5000).margin(40));
    CHECK(result.lost() == 0);
    CHECK(out.lent() == 0);
}

TEST_CASE("what arrives in the very turn that it was sent in was under way, too") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp, "64", 1);
    test::Wire wire({.delay = 100, .look = 500}, 1);
    test::WirePort out(wire);
    test::WirePort in(wire);
    const TrialResult result = run_trial(out, in, traffic, {}, plan_of(1e5, 1e-3), [&] { return wire.tick(); });
    CHECK(result.arrivals.received == wire.sent());
    CHECK(result.latency.least() >= 500);
}

TEST_CASE("an unpaced trial sends its packets at once") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp);
    test::Wire wire({}, 1);
    test::WirePort out(wire);
    test::WirePort in(wire);
    const Plan plan{.packets = 500, .residue_seconds = 1e-6, .hz = kHz};
    const TrialResult result = run_trial(out, in, traffic, {}, plan, [&] { return wire.tick(); });
    CHECK(result.course.sent == 500);
    CHECK(result.lost() == 0);
    CHECK(result.course.seconds <= 500.0 / 32 * 20 / kHz + 1e-8);
}

TEST_CASE("the longest silence is that between two arrivals") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp);
    test::Wire wire({}, 1);
    test::WirePort out(wire);
    test::WirePort in(wire);
    // The clock leaps once, as if nothing had been heard meanwhile.
    int looks = 0;
    std::uint64_t leap = 0;
    const TrialResult result = run_trial(out, in, traffic, {}, plan_of(1e6, 1e-3), [&] {
        if (++looks == 50'000) leap = 400'000;
        return wire.tick() + leap;
    });
    CHECK(result.course.longest_silence.length() == Approx(400'000).margin(1100));
}

TEST_CASE("frames too small for the traffic are an error, and are given back") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp, "1420");
    test::Wire wire({}, 1);
    test::WirePort out(wire, 1400);
    test::WirePort in(wire);
    CHECK_THROWS_AS(run_trial(out, in, traffic, {}, plan_of(1e6, 1e-4), [&] { return wire.tick(); }),
                    std::length_error);
    CHECK(wire.sent() == 0);
}

TEST_CASE("a trial has the shape that reports are made from") {
    TrialResult result{.course = {.sent = 1000, .missed = 3, .seconds = 0.5},
                       .arrivals = {.received = 750, .duplicates = 4, .reordered = 5},
                       .foreign = 6,
                       .damaged = 7,
                       .hz = 1e6};
    result.latency.add(10);
    CHECK(to_json(test::traffic(Family::kIpv6, Transport::kTcp, "1000", 9), result) ==
          nlohmann::ordered_json::parse(R"({
        "traffic": {"family": 6, "transport": "tcp", "size": 1000, "flows": 9},
        "seconds": 0.5, "sent": 1000, "missed": 3, "received": 750, "lost": 250, "loss": 0.25, "reordered": 5,
        "duplicates": 4, "foreign": 6, "damaged": 7, "mpps": 0.0015, "gbps": 0.012,
        "latency_us": {"min": 10.0, "mean": 10.0, "p50": 10.0, "p90": 10.0, "p99": 10.0, "p99.9": 10.0, "max": 10.0}})"));
    CHECK(to_json(test::traffic(Family::kIpv4, Transport::kUdp, "imix"))["size"] == "imix");
}

}  // namespace
}  // namespace esplane::bench::generate
