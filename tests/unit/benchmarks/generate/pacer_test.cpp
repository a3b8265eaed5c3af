#include "benchmarks/generate/pacer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

namespace esplane::bench::generate {
namespace {

constexpr double kHz = 2.5e9;

std::uint64_t take(Pacer& pacer, std::uint64_t now) {
    const std::uint64_t due = pacer.due(now);
    pacer.sent(due);
    return due;
}

TEST_CASE("the average rate is exact, however long and however odd the rate") {
    for (const double rate : {1.0, 1000.0 / 3, 14'880'952.38, 148'809'523.8}) {
        Pacer pacer(rate, kHz, 1'000'000'000'000, 5);
        std::uint64_t sent = 0;
        for (const double seconds : {0.001, 1.0, 60.0, 3600.0}) {
            sent += take(pacer, 5 + static_cast<std::uint64_t>(seconds * kHz));
            CAPTURE(rate, seconds);
            CHECK(std::abs(static_cast<double>(sent) - std::floor(rate * seconds)) <= 1);
        }
        CHECK(pacer.missed() == 0);
    }
}

TEST_CASE("nothing is due before the beginning, nor sooner than one packet's time after") {
    Pacer pacer(kHz / 100, kHz, 8, 1000);
    CHECK(pacer.due(0) == 0);
    CHECK(pacer.due(1000) == 0);
    CHECK(pacer.due(1099) == 0);
    CHECK(pacer.due(1100) == 1);
    CHECK(pacer.due(1100) == 1);
    pacer.sent(1);
    CHECK(pacer.due(1100) == 0);
}

TEST_CASE("after a pause a burst is due, and the rest is missed") {
    Pacer pacer(kHz / 100, kHz, 8, 0);
    CHECK(take(pacer, 100'000) == 8);
    CHECK(pacer.missed() == 1000 - 8);
    CHECK(take(pacer, 100'000) == 0);
    CHECK(take(pacer, 100'100) == 1);
}

TEST_CASE("an unpaced sender may always send a burst") {
    Pacer pacer(Pacer::kUnpaced, kHz, 8, 100);
    CHECK(take(pacer, 0) == 8);
    CHECK(take(pacer, 0) == 8);
    CHECK(pacer.missed() == 0);
}

TEST_CASE("in no span of time is more sent than the rate and a burst, whenever one asks and whatever the port takes") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    constexpr double kCycles = 37.3;  // a packet
    constexpr std::uint64_t kBurst = 5;
    Pacer pacer(kHz / kCycles, kHz, kBurst, 0);
    struct Sent {
        std::uint64_t now;
        std::uint64_t total;  // with these
        std::uint64_t count;
    };
    std::vector<Sent> log;
    std::uint64_t now = 0;
    std::uint64_t total = 0;
    for (int i = 0; i < 600; ++i) {
        now += random() % (random() % 10 == 0 ? 2000 : 60);
        const std::uint64_t due = pacer.due(now);
        const std::uint64_t taken = due == 0 ? 0 : random() % (due + 1);
        pacer.sent(taken);
        total += taken;
        log.push_back({now, total, taken});
    }
    for (std::size_t from = 0; from < log.size(); ++from) {
        for (std::size_t to = from; to < log.size(); ++to) {
            const std::uint64_t sent = log[to].total - log[from].total + log[from].count;
            const double span = static_cast<double>(log[to].now - log[from].now);
            if (static_cast<double>(sent) > span / kCycles + kBurst + 1) FAIL(sent << " packets in " << span);
        }
    }
    const double due = static_cast<double>(now) / kCycles;
    CHECK(static_cast<double>(total + pacer.missed() + pacer.due(now)) == Approx(due).margin(1));
}

}  // namespace
}  // namespace esplane::bench::generate
