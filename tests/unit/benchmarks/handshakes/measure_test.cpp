// Small runs: what is counted as a set-up is one, and the figures are of the right size.

#include <catch2/catch.hpp>

#include "benchmarks/handshakes/cold_start.h"
#include "benchmarks/handshakes/flood.h"
#include "benchmarks/handshakes/heap.h"
#include "benchmarks/handshakes/set_ups.h"
#include "benchmarks/handshakes/site.h"

namespace esplane::bench {
namespace {

/// mallinfo2() knows nothing of a sanitizer's heap.
bool is_heap_counted() {
    return heap_octets() > 0;
}

TEST_CASE("a tunnel that starts is up when all are silent, and only that one") {
    Site site(3);
    site.start(2);
    site.converse();
    CHECK_NOTHROW(site.require_established(1));
    CHECK_THROWS(site.require_established(3));
    CHECK(site.gateway().take_cpu_time().count() > 0);
    CHECK(site.gateway().take_cpu_time().count() == 0);
}

TEST_CASE("set-ups cost more than their public-key operations, and leave something on the heap") {
    const SetUpCost cost = measure_set_ups(20, 30);
    CHECK(cost.established == 20);
    CHECK(cost.set_ups == 30);
    CHECK(cost.public_key_us > 0);
    CHECK(cost.ratio() > 1);
    if (!is_heap_counted()) return;
    CHECK(cost.octets_each > 500);
    CHECK(cost.octets_each < 12 * 1024);
    CHECK(cost.octets_tunnel > 500);
}

TEST_CASE("a cold start asks for cookies from the threshold on, and comes to its end") {
    const ColdStart start = measure_cold_start(100);
    CHECK(start.cookies_asked == 100 - ike::Options{}.cookie_threshold);
    CHECK(start.dropped == 0);
    CHECK(start.seconds > 0);
}

TEST_CASE("a flood: honest set-ups and rekeys are those that were begun") {
    const Flood flood = measure_flood(2'000, 2, 3);
    CHECK(flood.honest == 4);
    CHECK(flood.honest_up == 4);
    CHECK(flood.rekeys == 3);
    CHECK(flood.rekeys_done == 3);
    if (!is_heap_counted()) return;
    CHECK(flood.memory_octets > 0);
    CHECK(flood.memory_octets < 1 << 20);
}

}  // namespace
}  // namespace esplane::bench
