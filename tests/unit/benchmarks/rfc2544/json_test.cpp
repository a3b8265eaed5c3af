#include "benchmarks/rfc2544/json.h"

#include <catch2/catch.hpp>

#include "tests/unit/benchmarks/generate/traffics.h"

namespace esplane::bench::rfc2544 {
namespace {

using Json = nlohmann::ordered_json;

Result result() {
    return {.traffic = generate::test::traffic(Family::kIpv4, generate::Transport::kUdp, "1000"),
            .highest_rate = 4e6,
            .throughput = {.rate = 1e6, .is_confirmed = true, .trials = 9, .outcome = {.sent = 100, .received = 100}}};
}

TEST_CASE("results of RFC 2544 have the shape that reports are made from") {
    Result one = result();
    one.tolerant = Throughput{.rate = 2e6,
                              .is_confirmed = true,
                              .is_generator_bound = true,
                              .trials = 8,
                              .outcome = {.sent = 1000, .received = 999}};
    LoadedLatency& latency = one.latencies.emplace_back(LoadedLatency{.load = 0.5, .rate = 5e5});
    latency.outcome = {.sent = 10, .received = 10, .seconds = 1, .hz = 1e6};
    latency.outcome.latency.add(20);
    one.back_to_back = BackToBack{.packets = {.mean = 4e6, .least = 3e6, .greatest = 5e6}};
    one.recovery = Spread{.mean = 0.2, .least = 0.1, .greatest = 0.3};
    one.reset = ResetTime{.by_loss = {2, 1, 3}, .by_silence = {5, 4, 6}};
    const Json json = to_json({.cpu_model = "a cpu"}, {&one, 1});
    CHECK(json["machine"]["cpu_model"] == "a cpu");
    CHECK(json["rfc2544"] == Json::parse(R"([{
        "traffic": {"family": 4, "transport": "udp", "size": 1000, "flows": 1},
        "throughput": {"mpps": 1.0, "gbps": 8.0, "loss": 0.0, "confirmed": true, "generator_bound": false, "trials": 9},
        "throughput_0.1_percent":
            {"mpps": 2.0, "gbps": 16.0, "loss": 0.001, "confirmed": true, "generator_bound": true, "trials": 8},
        "latencies": [{"load": 0.5, "mpps": 0.5, "loss": 0.0, "latency_us":
            {"min": 20.0, "mean": 20.0, "p50": 20.0, "p90": 20.0, "p99": 20.0, "p99.9": 20.0, "max": 20.0}}],
        "back_to_back": {"packets": {"mean": 4e6, "min": 3e6, "max": 5e6}, "unlimited": false,
                         "buffer_seconds": 0.75},
        "recovery_seconds": {"mean": 0.2, "min": 0.1, "max": 0.3},
        "reset_seconds": {"by_loss": {"mean": 2.0, "min": 1.0, "max": 3.0},
                          "by_silence": {"mean": 5.0, "min": 4.0, "max": 6.0}}}])"));
}

TEST_CASE("what was not measured is absent, and so is a buffer that was never filled") {
    Result one = result();
    one.throughput = {};
    one.back_to_back = BackToBack{.packets = {.mean = 400, .least = 400, .greatest = 400}, .is_unlimited = true};
    const Json json = to_json({}, {&one, 1})["rfc2544"][0];
    CHECK(json["throughput"]["mpps"] == 0.0);
    CHECK(json["throughput"]["loss"] == 0.0);
    CHECK(json["back_to_back"]["unlimited"] == true);
    for (const char* absent : {"throughput_0.1_percent", "latencies", "recovery_seconds", "reset_seconds"})
        CHECK_FALSE(json.contains(absent));
    CHECK_FALSE(json["back_to_back"].contains("buffer_seconds"));
    CHECK(to_json({}, {})["rfc2544"] == Json::array());
}

}  // namespace
}  // namespace esplane::bench::rfc2544
