#include "dataplane/packet/token_bucket.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using std::chrono::milliseconds;
using test::after;

TEST_CASE("a burst at once, then one each interval") {
    TokenBucket bucket(3, milliseconds(100));
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.take(after({})));
    CHECK_FALSE(bucket.take(after({})));
    CHECK_FALSE(bucket.take(after(milliseconds(99))));
    CHECK(bucket.take(after(milliseconds(100))));
    CHECK_FALSE(bucket.take(after(milliseconds(199))));
    // However long nobody asks, it holds no more than the burst.
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.take(after(std::chrono::hours(1))));
    CHECK_FALSE(bucket.take(after(std::chrono::hours(1))));
}

TEST_CASE("a burst of none is one, and time that stands back gives nothing") {
    TokenBucket bucket(0, milliseconds(100));
    CHECK(bucket.take(after(milliseconds(500))));
    CHECK_FALSE(bucket.take(after({})));
    CHECK_FALSE(bucket.take(after(milliseconds(599))));
    CHECK(bucket.take(after(milliseconds(600))));
}

TEST_CASE("random times: as many as a bucket that is filled bit by bit") {
    constexpr std::uint64_t kSeed = 0x70c;
    crypto::SeededRandom random(kSeed);
    TokenBucket bucket(5, milliseconds(10));
    std::int64_t level = 50;  // in milliseconds' worth: a token is ten
    milliseconds now{};
    for (int step = 0; step < 5000; ++step) {
        const auto passed = static_cast<std::int64_t>(random.below(random.below(20) == 0 ? 100 : 12));
        now += milliseconds(passed);
        level = std::min<std::int64_t>(50, level + passed);
        const bool expected = level >= 10;
        if (expected) level -= 10;
        INFO("seed " << kSeed << ", step " << step);
        CHECK(bucket.take(after(now)) == expected);
    }
}

}  // namespace
}  // namespace esplane::dataplane
