#include "benchmarks/report/rfc2544_section.h"

#include <catch2/catch.hpp>

#include "benchmarks/report/reader.h"
#include "benchmarks/rfc2544/json.h"
#include "tests/unit/benchmarks/generate/traffics.h"

namespace esplane::bench::report {
namespace {

rfc2544::Result result(const std::string& size, double rate) {
    return {.traffic = generate::test::traffic(Family::kIpv4, generate::Transport::kUdp, size),
            .highest_rate = 4e6,
            .throughput = {.rate = rate, .is_confirmed = true, .outcome = {.sent = 1, .received = 1}}};
}

TEST_CASE("what rfc2544 writes is what the report says, sizes in their order") {
    std::vector<rfc2544::Result> results{result("1420", 1e6), result("64", 2e6)};
    results[0].tolerant = rfc2544::Throughput{.rate = 3e6, .outcome = {.sent = 1000, .received = 999}};
    auto& latency = results[0].latencies.emplace_back(rfc2544::LoadedLatency{.load = 0.5, .rate = 5e5});
    latency.outcome = {.sent = 1, .received = 1, .hz = 1e6};
    latency.outcome.latency.add(30);
    results[0].back_to_back = rfc2544::BackToBack{.packets = {.mean = 500}};
    results[0].recovery = rfc2544::Spread{.mean = 0.25};
    results[0].reset = rfc2544::ResetTime{.by_loss = {.mean = 2}, .by_silence = {.mean = 3}};
    const Run run = parse_run("a.json", rfc2544::to_json({.cpu_model = "a cpu"}, results).dump());
    const auto section = rfc2544_section({&run, 1});
    REQUIRE(section);
    REQUIRE(section->tables.size() == 2);
    CHECK(section->tables[0].rows ==
          std::vector<std::vector<std::string>>{
              {"a.json", "UDP over IPv4, 1 flow", "", "64", "2.00", "1.02", "-", "-", "-", "-", "-"},
              {"a.json", "UDP over IPv4, 1 flow", "", "1420", "1.00", "11.4", "3.00", "500", "0.25", "2.00", "3.00"}});
    CHECK(section->tables[1].rows ==
          std::vector<std::vector<std::string>>{
              {"a.json", "UDP over IPv4, 1 flow", "1420", "50", "30.0", "30.0", "30.0", "30.0", "30.0", "30.0"}});
    REQUIRE(section->charts.size() == 3);  // Gbps, Mpps, latency
    CHECK(section->charts[1].categories == std::vector<std::string>{"64", "1420"});
    CHECK(section->charts[1].series[0].values == std::vector<std::optional<double>>{2.0, 1.0});
    CHECK(section->charts[1].series[1].values == std::vector<std::optional<double>>{std::nullopt, 3.0});
}

TEST_CASE("what a throughput is worth is said beside it") {
    std::vector<rfc2544::Result> results{result("64", 1e6), result("128", 1e6), result("256", 0)};
    results[0].throughput.is_generator_bound = true;
    results[1].throughput.is_confirmed = false;
    const Run run = parse_run("a.json", rfc2544::to_json({}, results).dump());
    const auto section = rfc2544_section({&run, 1});
    REQUIRE(section);
    const char* const remarks[] = {"all that the generator sends", "not confirmed", "no rate passed"};
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(section->tables[0].rows[i][2] == remarks[i]);
}

TEST_CASE("RFC 2544 has no section without results") {
    const Run run{.name = "a"};
    CHECK_FALSE(rfc2544_section({&run, 1}));
}

}  // namespace
}  // namespace esplane::bench::report
