#include "benchmarks/statistics.h"

#include <catch2/catch.hpp>

using esplane::bench::median;

TEST_CASE("the median is the middle of the sorted samples") {
    CHECK(median({}) == 0);
    CHECK(median({7}) == 7);
    CHECK(median({3, 1, 2}) == 2);
    CHECK(median({4, 1, 3, 2}) == 2.5);
    CHECK(median({1, 1, 1, 1000000}) == 1);
}
