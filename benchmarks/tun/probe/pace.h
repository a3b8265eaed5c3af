// How many packets are due. It sleeps between bursts, because a sender that spins would take a core from the gateways.
#pragma once

#include <algorithm>

#include "benchmarks/tun/probe/clock.h"

namespace esplane::bench::probe {

class Pace {
  public:
    static constexpr unsigned kBurst = 32;
    /// A sender that was not scheduled in time catches up as far as that, in bursts. What is older was never offered.
    static constexpr Nanoseconds kMemory = 2'000'000;
    static constexpr Nanoseconds kTick = 100'000;

    /// `rate` in packets a second, 0 for as fast as possible.
    Pace(double rate, Nanoseconds start) : rate_(rate), due_(start) {}

    /// Sleeps until something is due; returns how many, never more than kBurst.
    unsigned wait() {
        if (rate_ <= 0) return kBurst;
        const double gap = static_cast<double>(kSecond) / rate_;
        const auto burst = static_cast<unsigned>(std::clamp(kTick / gap, 1.0, static_cast<double>(kBurst)));
        if (due_ > now()) sleep_until(due_);
        due_ = std::max(due_, now() - kMemory);
        due_ += static_cast<Nanoseconds>(gap * burst);
        return burst;
    }

  private:
    double rate_;
    Nanoseconds due_;
};

}  // namespace esplane::bench::probe
