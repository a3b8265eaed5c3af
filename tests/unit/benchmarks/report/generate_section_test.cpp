#include "benchmarks/report/generate_section.h"

#include <catch2/catch.hpp>

#include "benchmarks/generate/replay.h"
#include "benchmarks/generate/trial.h"
#include "benchmarks/report/reader.h"
#include "tests/unit/benchmarks/generate/traffics.h"

namespace esplane::bench::report {
namespace {

using Json = nlohmann::ordered_json;

Run run_of(const Json& result) {
    const Json document{{"machine", {{"cpu_model", "a cpu"}}}, {"generate", Json::array({result})}};
    return parse_run("a.json", document.dump());
}

TEST_CASE("what the generator writes is what the report says") {
    const auto traffic = generate::test::traffic(Family::kIpv6, generate::Transport::kTcp, "imix", 50);
    generate::TrialResult result{
        .course = {.sent = 1000, .seconds = 0.001}, .arrivals = {.received = 990, .reordered = 3}, .hz = 1e6};
    result.latency.add(20);
    const Run run = run_of(generate::to_json(traffic, result));
    const auto section = generate_section({&run, 1});
    REQUIRE(section);
    REQUIRE(section->tables.size() == 1);
    CHECK(section->tables[0].rows ==
          std::vector<std::vector<std::string>>{{"a.json", "TCP over IPv6, 50 flows", "imix", "1000", "10", "1.0000",
                                                 "3", "0", "0.99", "20.0", "20.0", "20.0"}});
    REQUIRE(section->charts.size() == 1);
    REQUIRE(section->charts[0].series.size() == 1);
    CHECK(section->charts[0].series[0].values == std::vector<std::optional<double>>(6, 20.0));
}

TEST_CASE("of a capture there are counts alone") {
    const Run run = run_of(generate::to_json("some.pcap", {.sent = 10, .seconds = 1}, {.received = 9, .lost = 1}));
    const auto section = generate_section({&run, 1});
    REQUIRE(section);
    CHECK(section->charts.empty());
    CHECK(section->tables[0].rows[0][1] == "some.pcap");
    CHECK(section->tables[0].rows[0].back() == "-");
}

TEST_CASE("the generator has no section without results") {
    const Run run{.name = "a"};
    CHECK_FALSE(generate_section({&run, 1}));
}

}  // namespace
}  // namespace esplane::bench::report
