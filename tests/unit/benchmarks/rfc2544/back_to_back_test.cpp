#include "benchmarks/rfc2544/back_to_back.h"

#include <catch2/catch.hpp>

#include "tests/unit/benchmarks/rfc2544/device.h"

namespace esplane::bench::rfc2544 {
namespace {

constexpr double kLine = 10e6;

Burst bursts(test::Device& device) {
    return [&device](std::uint64_t packets) { return device.burst(packets, kLine); };
}

TEST_CASE("the longest burst is what the buffer takes beside what is forwarded meanwhile") {
    // Of 10 packets that arrive, 3 are forwarded: 1400 fill the buffer of 980.
    test::Device device({.capacity = 3e6, .buffer = 980}, 1);
    const BackToBack found =
        find_back_to_back(bursts(device), {.most_packets = 20'000'000, .repetitions = 3}, test::kNobody);
    CHECK(found.packets.mean == 1400);
    CHECK(found.packets.least == 1400);
    CHECK(found.packets.greatest == 1400);
    CHECK_FALSE(found.is_unlimited);
    // Which the correction takes out again: 980 packets at the highest rate.
    CHECK(buffer_seconds(found.packets.mean, kLine, 3e6) == Approx(980 / kLine));
}

TEST_CASE("a coarse search finds less, by no more than its resolution") {
    test::Device device({.capacity = 3e6, .buffer = 980}, 1);
    const BackToBack found = find_back_to_back(
        bursts(device), {.most_packets = 20'000'000, .resolution = 0.05, .repetitions = 1}, test::kNobody);
    CHECK(found.packets.mean <= 1400);
    CHECK(found.packets.mean >= 1400 / 1.05);
}

TEST_CASE("a device that is fast enough has no longest burst") {
    test::Device device({.capacity = kLine}, 1);
    unsigned steps = 0;
    const BackToBack found =
        find_back_to_back(bursts(device), {.most_packets = 1000, .repetitions = 5}, [&](const Step&) { ++steps; });
    CHECK(found.is_unlimited);
    CHECK(found.packets.mean == 1000);
    CHECK(steps == 5);
}

TEST_CASE("a device that forwards nothing has none") {
    const Burst dead = [](std::uint64_t packets) { return Outcome{.sent = packets}; };
    const BackToBack found = find_back_to_back(dead, {.most_packets = 1000, .repetitions = 1}, test::kNobody);
    CHECK(found.packets.mean == 0);
    CHECK_FALSE(found.is_unlimited);
}

}  // namespace
}  // namespace esplane::bench::rfc2544
