#include "benchmarks/generate/sequence_tracker.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

namespace esplane::bench::generate {
namespace {

struct Case {
    const char* name;
    std::vector<std::uint32_t> sequences;
    Arrivals arrivals;
};

TEST_CASE("received, duplicate and reordered, of one flow") {
    const Case cases[] = {
        {"nothing", {}, {0, 0, 0}},
        {"in order", {0, 1, 2, 3}, {4, 0, 0}},
        {"a gap", {0, 2, 3}, {3, 0, 0}},
        {"one late", {0, 2, 3, 1}, {4, 0, 1}},
        {"two exchanged", {1, 0}, {2, 0, 1}},
        {"backwards", {3, 2, 1, 0}, {4, 0, 3}},
        {"a copy at once", {0, 0, 1}, {2, 1, 0}},
        {"a late copy is no reordering", {0, 1, 2, 0}, {3, 1, 0}},
        {"a copy of a late one", {1, 0, 0}, {2, 1, 1}},
    };
    for (const Case& one : cases) {
        INFO(one.name);
        SequenceTracker tracker(1, 4);
        for (const std::uint32_t sequence : one.sequences)
            CHECK(tracker.take(0, sequence));
        CHECK(tracker.arrivals().received == one.arrivals.received);
        CHECK(tracker.arrivals().duplicates == one.arrivals.duplicates);
        CHECK(tracker.arrivals().reordered == one.arrivals.reordered);
    }
}

TEST_CASE("flows do not reorder each other, and no number beyond the last is taken") {
    SequenceTracker tracker(2, 5);  // of flow 0 three, of flow 1 two
    CHECK(tracker.take(1, 1));
    CHECK(tracker.take(0, 0));
    CHECK(tracker.take(0, 2));
    CHECK_FALSE(tracker.take(1, 2));
    CHECK_FALSE(tracker.take(0, 0xffffffff));
    CHECK(tracker.arrivals().received == 3);
    CHECK(tracker.arrivals().reordered == 0);
}

TEST_CASE("any order of arrivals counts as one by one would") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 50; ++round) {
        const auto flows = static_cast<std::uint32_t>(1 + random() % 5);
        const std::uint64_t sent = random() % 700;
        std::vector<std::uint64_t> numbers;
        for (std::uint64_t number = 0; number < sent; ++number)
            numbers.insert(numbers.end(), random() % 4, number);
        std::shuffle(numbers.begin(), numbers.end(), random);
        SequenceTracker tracker(flows, sent);
        std::set<std::uint64_t> seen;
        std::map<std::uint64_t, std::uint64_t> highest;
        Arrivals expected;
        for (const std::uint64_t number : numbers) {
            CHECK(tracker.take(static_cast<std::uint32_t>(number % flows), static_cast<std::uint32_t>(number / flows)));
            if (!seen.insert(number).second) {
                ++expected.duplicates;
                continue;
            }
            ++expected.received;
            const auto [flow, is_first] = highest.try_emplace(number % flows, number);
            if (number < flow->second) ++expected.reordered;
            flow->second = std::max(flow->second, number);
        }
        CHECK(tracker.arrivals().received == expected.received);
        CHECK(tracker.arrivals().duplicates == expected.duplicates);
        CHECK(tracker.arrivals().reordered == expected.reordered);
        std::optional<std::uint64_t> last_lost;
        const std::uint64_t looked_at = sent - std::min(sent, random() % 70);
        for (std::uint64_t number = 0; number < looked_at; ++number) {
            if (seen.count(number) == 0) last_lost = number;
        }
        CHECK(tracker.last_lost(looked_at) == last_lost);
    }
}

}  // namespace
}  // namespace esplane::bench::generate
