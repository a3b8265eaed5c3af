#include "benchmarks/report/markdown.h"

#include <catch2/catch.hpp>

#include "benchmarks/report/compose.h"
#include "tests/unit/benchmarks/report/runs.h"

namespace esplane::bench::report {
namespace {

Run run(const std::string& name, const std::string& text) {
    Run made = parse_run("a.json", text);
    made.name = name;
    return made;
}

TEST_CASE("one run is its machine and its figures") {
    const std::vector<Run> runs{run("new", test::one_point("1000", "250.0"))};
    CHECK(to_markdown(compose(runs)) == R"(# Figures of esplane-bench

## Machine

| | new |
|---|---|
| cpu\_model | a cpu |
| tsc\_hz | 2500000000.0 |

## The pipeline: encap

Cycles are of the TSC, for one packet; Gbps is of inner packets. The cipher is the library's call alone, on the same buffers. A stage is measured with a fence before and behind it, so that the stages add up to more than the whole.

### encap aes256gcm16, 1 tunnel, 1 worker

| octets | cycles | cipher | ratio | Mpps | Gbps | batch gain |
|---|---:|---:|---:|---:|---:|---:|
| 1000 | 250 | 125 | 2.00 | 10.0 | 80.0 | 1.50 |

### encap aes256gcm16, 1 tunnel, 1 worker: cycles of each stage

| octets | policy\_lookup | seal |
|---|---:|---:|
| 1000 | 50.0 | 200 |
)");
}

TEST_CASE("several runs stand beside each other, with what each is against the first") {
    const Run both =
        test::joined(run("old", test::one_point("64", "250.0")), run("", test::one_point("\"imix\"", "400.0")));
    const std::vector<Run> runs{both, run("new", test::one_point("64", "200.0"))};
    const std::string text = to_markdown(compose(runs));
    CHECK(text.find("| | old | new |\n") != std::string::npos);
    CHECK(text.find("| octets | cycles, old | cycles, new | cipher, old |") != std::string::npos);
    CHECK(text.find("| batch gain, new | cycles, new against old |\n") != std::string::npos);
    CHECK(text.find(
              "| 64 | 250 | 200 | 125 | 125 | 2.00 | 1.60 | 10.0 | 10.0 | 80.0 | 80.0 | 1.50 | 1.50 | -20.0 % |\n") !=
          std::string::npos);
    CHECK(text.find("| imix | 400 | - | 125 | - | 3.20 | - | 10.0 | - | 80.0 | - | 1.50 | - | - |\n") !=
          std::string::npos);
    CHECK(text.find("| octets | run | policy\\_lookup | seal |\n|---|---|---:|---:|\n| 64 | old |") !=
          std::string::npos);
}

TEST_CASE("a run of other measurements has no column among those of the pipeline") {
    const std::vector<Run> alone{run("new", test::one_point("1000", "250.0"))};
    const std::vector<Run> both{run("other", R"({"machine": {"cpu_model": "a cpu"}, "results": []})"), alone[0]};
    const auto figures = [](const std::vector<Run>& runs) {
        const std::string text = to_markdown(compose(runs));
        return text.substr(text.find("## The pipeline"));
    };
    CHECK(figures(both) == figures(alone));
}

TEST_CASE("a run without results is its machine alone") {
    const std::vector<Run> runs{run("new", R"({"machine": {"kernel": "Linux | 6"}, "results": []})")};
    CHECK(to_markdown(compose(runs)) ==
          "# Figures of esplane-bench\n\n## Machine\n\n| | new |\n|---|---|\n| kernel | Linux \\| 6 |\n");
}

}  // namespace
}  // namespace esplane::bench::report
