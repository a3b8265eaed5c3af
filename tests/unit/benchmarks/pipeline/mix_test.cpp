#include "benchmarks/pipeline/mix.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace esplane::bench {
namespace {

TEST_CASE("IMIX is seven small packets, four medium ones and a large one") {
    const Mix mix = *parse_mix("imix");
    std::vector<std::uint32_t> lengths;
    for (std::size_t i = 0; i < 24; ++i)
        lengths.push_back(mix.length(i));
    CHECK(std::count(lengths.begin(), lengths.end(), 64) == 14);
    CHECK(std::count(lengths.begin(), lengths.end(), 576) == 8);
    CHECK(std::count(lengths.begin(), lengths.end(), 1420) == 2);
    CHECK(mix.mean_length(12) == Approx((7 * 64 + 4 * 576 + 1420) / 12.0));
    CHECK(mix.longest() == 1420);
    CHECK_FALSE(mix.is_uniform());
}

TEST_CASE("IMIX is about as mixed in a batch as in the whole") {
    const Mix mix = *parse_mix("imix");
    for (const std::size_t batch : {16U, 32U, 64U})
        CHECK(mix.mean_length(batch) == Approx(mix.mean_length(12)).epsilon(0.15));
}

TEST_CASE("a number is a batch of packets of that length") {
    const Mix mix = *parse_mix("1420");
    CHECK(mix.name == "1420");
    CHECK(mix.is_uniform());
    CHECK(mix.length(0) == 1420);
    CHECK(mix.length(31) == 1420);
    CHECK(mix.mean_length(32) == 1420);
    CHECK(mix.gbps(0.5) == Approx(5.68));
}

TEST_CASE("a size is IMIX or a length that a packet can have") {
    CHECK(parse_mix("40"));
    CHECK(parse_mix("9000"));
    for (const char* text : {"", "39", "9001", "IMIX", "64 ", "-64", "64.5", "99999999999"}) {
        INFO(text);
        CHECK_FALSE(parse_mix(text));
    }
}

}  // namespace
}  // namespace esplane::bench
