#include "benchmarks/handshakes/cold_start.h"

#include <algorithm>

#include "benchmarks/handshakes/site.h"

namespace esplane::bench {
namespace {

constexpr std::chrono::minutes kLongest{2};

/// When somebody wants to be woken; `never` when nobody does.
ike::TimePoint next_deadline(Site& site, ike::TimePoint never) {
    return std::min(site.gateway().engine().next_deadline().value_or(never),
                    site.peers().engine().next_deadline().value_or(never));
}

}  // namespace

ColdStart measure_cold_start(std::uint32_t tunnels) {
    Site site(tunnels);
    const auto begin = site.now;
    const auto wall_begin = std::chrono::steady_clock::now();
    for (std::uint32_t number = 1; number <= tunnels; ++number)
        site.start(number);
    while (site.established() < tunnels && site.now < begin + kLongest) {
        if (!site.deliver()) site.now = std::max(site.now, next_deadline(site, begin + kLongest));
        site.gateway().catch_up(site.now);
        site.peers().catch_up(site.now);
        site.now += site.gateway().take_cpu_time();
    }
    site.converse();
    const ike::Counters counters = site.gateway().engine().counters();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_begin;
    site.require_established(tunnels);
    return {.tunnels = tunnels,
            .seconds = std::chrono::duration<double>(site.now - begin).count(),
            .wall_seconds = wall.count(),
            .cookies_asked = counters.cookies_asked,
            .dropped = counters.half_open_dropped};
}

}  // namespace esplane::bench
