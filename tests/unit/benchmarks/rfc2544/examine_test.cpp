#include "benchmarks/rfc2544/examine.h"

#include <catch2/catch.hpp>
#include <set>

#include "benchmarks/rfc2544/text.h"
#include "tests/unit/benchmarks/generate/traffics.h"
#include "tests/unit/benchmarks/rfc2544/device.h"

namespace esplane::bench::rfc2544 {
namespace {

Device device_of(test::Device& device, double highest) {
    return {
        .trial = device.trial(),
        .burst = [&device, highest](std::uint64_t packets) { return device.burst(packets, highest); },
        .overload = [](const OverloadOffer&) { return OverloadOutcome{.sent = 20, .lost = 0, .first_of_relief = 10}; }};
}

Examination quick() {
    return {.throughput = {.search_seconds = 1, .confirm_seconds = 10},
            .latency_seconds = 1,
            .latency_repetitions = 2,
            .burst_repetitions = 3};
}

const generate::Traffic kTraffic = generate::test::traffic(Family::kIpv4, generate::Transport::kUdp, "1000");

TEST_CASE("all tests are done, each with what the others found") {
    test::Device model({.capacity = 1e6, .buffer = 1000, .generator_most = 4e6}, 1);
    Device device = device_of(model, 4e6);
    device.restart = [](const Offer& offer) {
        CHECK(offer.rate == Approx(1e6).epsilon(0.02));
        return RestartOutcome{.sent = 10, .received = 9, .silence_seconds = 0.5, .has_recovered = true};
    };
    std::set<std::string> tests;
    const Result result =
        examine(device, kTraffic, quick(), [&](const Step& step) { tests.insert(std::string(step.test)); });
    CHECK(result.highest_rate == Approx(4e6));  // found by trying
    CHECK(result.throughput.rate == Approx(1e6).epsilon(0.02));
    CHECK(result.tolerant->rate >= result.throughput.rate);
    REQUIRE(result.latencies.size() == 3);
    CHECK(result.latencies[1].rate == Approx(result.throughput.rate / 2));
    // A burst at four times what is forwarded fills the buffer with three of four packets.
    CHECK(result.back_to_back->packets.mean == Approx(1000 * 4 / 3.0).epsilon(0.011));
    CHECK(result.recovery->mean == 0);
    CHECK(result.reset->by_silence.mean == 0.5);
    CHECK(tests == std::set<std::string>{"back-to-back", "latency", "recovery", "reset", "throughput", "utmost rate"});
    const std::string text = to_text(result);
    for (const char* line : {"IP packets of octets: 1000", "without loss", "with 0.1 % of loss", "latency at 90 %",
                             "back-to-back", "recovery", "reset                 0.000 s by loss, 0.500 s by silence"})
        CHECK_THAT(text, Catch::Contains(line));
}

TEST_CASE("of a device that always loses, only what it does at a loss is found") {
    test::Device model({.capacity = 1e6, .constant_loss = 0.0005}, 1);
    Examination wanted = quick();
    wanted.throughput.highest_rate = 2e6;
    wanted.burst_repetitions = 1;
    const Result result = examine(device_of(model, 2e6), kTraffic, wanted, test::kNobody);
    CHECK(result.throughput.rate < 0.01e6);  // so few that half a per mille is none
    CHECK(result.tolerant->rate == Approx(1e6).epsilon(0.02));
}

TEST_CASE("a port that takes nothing is not searched") {
    const Device device{.trial = [](const Offer&) { return Outcome{}; }};
    CHECK_THROWS_WITH(examine(device, kTraffic, quick(), test::kNobody), Catch::Contains("takes no packet"));
}

TEST_CASE("what is not wanted is not done") {
    test::Device model({.capacity = 1e6}, 1);
    Examination wanted = quick();
    wanted.throughput.highest_rate = 2e6;
    wanted.latency = wanted.back_to_back = wanted.recovery = false;
    const Result result = examine({.trial = model.trial()}, kTraffic, wanted, test::kNobody);
    CHECK(result.latencies.empty());
    CHECK_FALSE(result.back_to_back);
    CHECK_FALSE(result.recovery);
    CHECK_FALSE(result.reset);
}

}  // namespace
}  // namespace esplane::bench::rfc2544
