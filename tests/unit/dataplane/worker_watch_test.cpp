#include "dataplane/worker_watch.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane {

using namespace std::chrono_literals;

TEST_CASE("A worker that takes no turn though it was woken is stalled, until it takes one") {
    WorkerWatch watch;
    const TimePoint start{};
    watch.look({.turns = 0}, start);
    CHECK_FALSE(watch.is_stalled());  // it may not have begun
    watch.look({.turns = 0}, start + 500ms);
    CHECK(watch.is_stalled());
    watch.look({.turns = 1}, start + 1s);
    CHECK_FALSE(watch.is_stalled());
    watch.look({.turns = 1}, start + 1500ms);
    CHECK(watch.is_stalled());
}

TEST_CASE("The load is the share of the time between two looks that went into packets") {
    WorkerWatch watch;
    const TimePoint start{};
    watch.look({.turns = 1, .busy = 5s}, start);
    CHECK(watch.load() == 0);
    watch.look({.turns = 2, .busy = 5s + 100ms}, start + 400ms);
    CHECK(watch.load() == Approx(0.25));
    // A turn that began before the last look is counted when it ends.
    watch.look({.turns = 3, .busy = 6s}, start + 800ms);
    CHECK(watch.load() == 1);
    watch.look({.turns = 4, .busy = 6s}, start + 1200ms);
    CHECK(watch.load() == 0);
}

}  // namespace esplane::dataplane
