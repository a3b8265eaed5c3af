#include "benchmarks/rfc2544/loaded_latency.h"

#include <catch2/catch.hpp>

#include "tests/unit/benchmarks/rfc2544/device.h"

namespace esplane::bench::rfc2544 {
namespace {

TEST_CASE("latency is measured at each share of the throughput, over all repetitions") {
    test::Device device({.capacity = 1e6}, 1);
    unsigned steps = 0;
    const auto measured = measure_latency(device.trial(), {.throughput = 1e6, .seconds = 10, .repetitions = 3},
                                          [&](const Step& step) { steps += step.passed; });
    CHECK(steps == 9);
    REQUIRE(measured.size() == 3);
    const double loads[] = {0.1, 0.5, 0.9};
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(measured[i].load == loads[i]);
        CHECK(measured[i].rate == Approx(loads[i] * 1e6));
        CHECK(measured[i].outcome.sent == Approx(3 * loads[i] * 1e7).margin(3));
        CHECK(measured[i].outcome.seconds == Approx(30));
        CHECK(measured[i].outcome.latency.count() == 3);
        CHECK(static_cast<double>(measured[i].outcome.latency.percentile(0.5)) == Approx(1000 * loads[i]).margin(1));
    }
}

}  // namespace
}  // namespace esplane::bench::rfc2544
