// What is to be done every now and then, in a loop that should not ask the clock each time round.
#pragma once

#include <rte_cycles.h>

#include <chrono>
#include <cstdint>

namespace esplane::dataplane {

class Tick {
  public:
    /// The EAL must run: it knows how fast the TSC is.
    explicit Tick(std::chrono::nanoseconds interval)
        : cycles_(static_cast<std::uint64_t>(static_cast<double>(rte_get_tsc_hz()) * 1e-9 *
                                             static_cast<double>(interval.count()))) {}

    /// True the first time, and whenever the interval is over since it last was.
    bool is_due() {
        const std::uint64_t now = rte_rdtsc();
        if (now - last_ < cycles_) [[likely]]
            return false;
        last_ = now;
        return true;
    }

  private:
    std::uint64_t cycles_;
    std::uint64_t last_ = 0;
};

}  // namespace esplane::dataplane
