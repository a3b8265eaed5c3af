#include "benchmarks/rfc2544/throughput.h"

#include <catch2/catch.hpp>

#include "tests/unit/benchmarks/rfc2544/device.h"

namespace esplane::bench::rfc2544 {
namespace {

using test::Device;
using test::kNobody;

constexpr ThroughputSearch kSearch{.highest_rate = 10e6, .resolution = 0.001};

TEST_CASE("the throughput is the capacity, as near as the resolution says") {
    for (const double capacity : {20'000.0, 1e6, 3.3e6, 9.99e6}) {
        CAPTURE(capacity);
        Device device({.capacity = capacity}, 1);
        const Throughput found = find_throughput(device.trial(), kSearch, kNobody);
        CHECK(found.is_confirmed);
        CHECK_FALSE(found.is_generator_bound);
        CHECK(found.rate <= capacity);
        CHECK(found.rate >= capacity - 10e6 * 0.001);
        CHECK(found.outcome.lost() == 0);
        CHECK(found.outcome.sent == Approx(found.rate * 60).margin(1));
        CHECK(found.trials <= 12);
    }
}

TEST_CASE("a device faster than the medium is as fast as that, after two trials") {
    Device device({.capacity = 11e6}, 1);
    const Throughput found = find_throughput(device.trial(), kSearch, kNobody);
    CHECK(found.rate == 10e6);
    CHECK(found.is_confirmed);
    CHECK_FALSE(found.is_generator_bound);
    CHECK(found.trials == 2);
}

TEST_CASE("where the generator is the limit, the result says so") {
    Device device({.capacity = 11e6, .generator_most = 4e6}, 1);
    const Throughput found = find_throughput(device.trial(), kSearch, kNobody);
    CHECK(found.rate == Approx(4e6).epsilon(0.01));
    CHECK(found.is_confirmed);
    CHECK(found.is_generator_bound);
    Device slow({.capacity = 3e6, .generator_most = 4e6}, 1);
    const Throughput below = find_throughput(slow.trial(), kSearch, kNobody);
    CHECK(below.rate == Approx(3e6).epsilon(0.005));
    CHECK_FALSE(below.is_generator_bound);
}

TEST_CASE("a device that forwards nothing, or always loses, has none") {
    Device dead({.capacity = 1}, 1);
    CHECK(find_throughput(dead.trial(), kSearch, kNobody).rate == 0);
    Device leaky({.constant_loss = 0.001}, 1);
    const Throughput found = find_throughput(leaky.trial(), kSearch, kNobody);
    CHECK(found.rate == 0);
    CHECK_FALSE(found.is_confirmed);
    const Trial silent = [](const Offer&) { return Outcome{}; };
    CHECK(find_throughput(silent, kSearch, kNobody).rate == 0);
}

TEST_CASE("0.1 % of loss is tolerated where that is asked for, and no more") {
    ThroughputSearch search = kSearch;
    search.tolerated_loss = 0.001;
    Device leaky({.capacity = 3e6, .constant_loss = 0.0009}, 1);
    CHECK(find_throughput(leaky.trial(), search, kNobody).rate == Approx(3e6).epsilon(0.005));
    Device worse({.capacity = 3e6, .constant_loss = 0.0011}, 1);
    CHECK(find_throughput(worse.trial(), search, kNobody).rate == 0);
}

TEST_CASE("a buffer that hides the limit from short trials does not hide it from the long one") {
    // For five seconds, half a million packets more a second than the capacity are not lost.
    Device device({.capacity = 3e6, .buffer = 2.5e6}, 1);
    const Throughput found = find_throughput(device.trial(), kSearch, kNobody);
    ThroughputSearch patient = kSearch;
    patient.most_confirmations = 1000;
    const Throughput right = find_throughput(device.trial(), patient, kNobody);
    CHECK(right.is_confirmed);
    CHECK(right.outcome.lost() == 0);
    CHECK(right.rate <= 3e6 + 2.5e6 / 60);
    CHECK(right.rate >= 3e6);
    // With few chances the result says that it does not hold.
    CHECK_FALSE(found.is_confirmed);
    CHECK(found.rate > right.rate);
    CHECK(found.outcome.sent == Approx(found.rate * 5).margin(1));
}

TEST_CASE("rare losses make the search go on below, and never pass for none") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    for (std::uint64_t round = 0; round < 50; ++round) {
        Device device({.capacity = 3e6, .hiccup_a_second = 0.01}, seed + round);
        unsigned steps = 0;
        const Throughput found = find_throughput(device.trial(), kSearch, [&](const Step&) { ++steps; });
        CHECK(found.trials == steps);
        CHECK(found.rate <= 3e6);
        if (found.is_confirmed) CHECK(found.outcome.lost() == 0);
        CHECK(steps < 300);
    }
}

TEST_CASE("each trial is told as it ends") {
    Device device({.capacity = 6e6}, 1);
    std::vector<std::string> lines;
    ThroughputSearch search = kSearch;
    search.resolution = 0.3;
    find_throughput(device.trial(), search, [&](const Step& step) { lines.push_back(to_line(step)); });
    CHECK(lines ==
          std::vector<std::string>{"throughput: 10.0000 Mpps for 5 s: lost 20000000 of 50000000 (40.00000 %), too many",
                                   "throughput: 5.0000 Mpps for 5 s: lost 0 of 25000000 (0.00000 %)",
                                   "throughput: 7.5000 Mpps for 5 s: lost 7500000 of 37500000 (20.00000 %), too many",
                                   "throughput: 5.0000 Mpps for 60 s: lost 0 of 300000000 (0.00000 %)"});
}

}  // namespace
}  // namespace esplane::bench::rfc2544
