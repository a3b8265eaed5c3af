#include "benchmarks/generate/learning.h"

#include <catch2/catch.hpp>

#include "tests/unit/benchmarks/generate/traffics.h"
#include "tests/unit/benchmarks/generate/wire.h"

namespace esplane::bench::generate {
namespace {

constexpr double kHz = 1e6;  // of the wire's clock: rounds of many milliseconds are not many ticks

Learned learn_over(test::Wire& wire) {
    test::WirePort out(wire);
    test::WirePort in(wire);
    const Learning learning{.rate = 1000, .residue_seconds = 0.01, .rounds = 5};
    return learn(out, in, test::traffic(Family::kIpv4, Transport::kUdp), {}, learning, kHz,
                 [&] { return wire.tick(); });
}

TEST_CASE("learning is over with the first round of which nothing is lost") {
    test::Wire wire({}, 1);
    wire.be_silent_until(wire.now() + 30'000);  // 30 ms: three packets of a round do not arrive
    const Learned learned = learn_over(wire);
    CHECK(learned.is_whole);
    CHECK(learned.sent == wire.sent());
    CHECK(learned.received == wire.delivered().size());
    CHECK(learned.received < learned.sent);
    CHECK(learned.sent <= 50);
}

TEST_CASE("a device that always loses something is measured all the same") {
    test::Wire wire({.loss = 0.9}, 2);
    CHECK_FALSE(learn_over(wire).is_whole);
}

TEST_CASE("one through which nothing comes is not") {
    test::Wire wire({.loss = 1}, 3);
    CHECK_THROWS_WITH(learn_over(wire), Catch::Contains("is the tunnel up"));
}

}  // namespace
}  // namespace esplane::bench::generate
