#include "benchmarks/generate/latency_histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "benchmarks/generate/latency.h"

namespace esplane::bench::generate {
namespace {

TEST_CASE("an empty histogram has nothing to say") {
    const LatencyHistogram histogram;
    CHECK(histogram.count() == 0);
    CHECK(histogram.least() == 0);
    CHECK(histogram.greatest() == 0);
    CHECK(histogram.mean() == 0);
    CHECK(histogram.percentile(0.5) == 0);
}

TEST_CASE("a percentile is the value of its rank") {
    LatencyHistogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value)
        histogram.add(value);
    CHECK(histogram.percentile(0) == 1);
    CHECK(histogram.percentile(0.01) == 1);
    CHECK(histogram.percentile(0.011) == 2);
    CHECK(histogram.percentile(0.5) == 50);
    CHECK(histogram.percentile(0.99) == 99);
    CHECK(histogram.percentile(1) == 100);
    CHECK(histogram.mean() == 50.5);
}

TEST_CASE("one value of any magnitude is itself, as it is the least and the greatest") {
    for (int bit = 0; bit < 64; ++bit) {
        for (const std::uint64_t offset : {-1, 0, 1}) {
            LatencyHistogram histogram;
            const std::uint64_t value = (std::uint64_t{1} << bit) + offset;
            histogram.add(value);
            CHECK(histogram.percentile(0.5) == value);
        }
    }
    LatencyHistogram histogram;
    histogram.add(UINT64_MAX);
    histogram.add(0);
    CHECK(histogram.percentile(1) >= UINT64_MAX - UINT64_MAX / 256);
    CHECK(histogram.percentile(0.5) == 0);
}

TEST_CASE("percentiles are as those of the sorted values, but for the error, however parts are put together") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 30; ++round) {
        std::vector<std::uint64_t> values;
        LatencyHistogram parts[2];
        const std::size_t count = 1 + random() % 500;
        for (std::size_t i = 0; i < count; ++i) {
            values.push_back(random() >> random() % 64);
            parts[random() % 2].add(values.back());
        }
        parts[0].add(parts[1]);
        std::sort(values.begin(), values.end());
        for (const double share : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            const auto rank = std::max<std::size_t>(static_cast<std::size_t>(std::ceil(share * double(count))), 1);
            const std::uint64_t exact = values[rank - 1];
            const std::uint64_t found = parts[0].percentile(share);
            CAPTURE(share, exact, found);
            const std::uint64_t off = found > exact ? found - exact : exact - found;
            CHECK(static_cast<double>(off) <= static_cast<double>(exact) * LatencyHistogram::kError);
            if (exact < 2 * LatencyHistogram::kBuckets) CHECK(off == 0);
        }
        CHECK(parts[0].count() == count);
        CHECK(parts[0].least() == values.front());
        CHECK(parts[0].greatest() == values.back());
    }
}

TEST_CASE("latencies are told in microseconds") {
    LatencyHistogram histogram;
    for (int i = 0; i < 999; ++i)
        histogram.add(100);
    histogram.add(200);
    const Latency latency = summarise(histogram, 100e6);
    CHECK(to_json(latency) == nlohmann::ordered_json::parse(
                                  R"({"min": 1.0, "mean": 1.001, "p50": 1.0, "p90": 1.0, "p99": 1.0, "p99.9": 1.0,
                                      "max": 2.0})"));
}

}  // namespace
}  // namespace esplane::bench::generate
