// How often something may be done that strangers can provoke: a few times at once, then at a steady rate.
#pragma once

#include <chrono>
#include <cstdint>

#include "dataplane/packet/time_point.h"

namespace esplane::dataplane {

/// One number of state: when the bucket will be full again.
class TokenBucket {
  public:
    /// `burst` at once, at least one, then one each `interval`. Full at the beginning.
    TokenBucket(std::uint32_t burst, std::chrono::nanoseconds interval)
        : interval_(interval), slack_(interval * (burst > 0 ? burst - 1 : 0)) {}

    bool take(TimePoint now) {
        const TimePoint full_at = full_at_ > now ? full_at_ : now;
        if (full_at - now > slack_) return false;
        full_at_ = full_at + interval_;
        return true;
    }

  private:
    std::chrono::nanoseconds interval_;
    std::chrono::nanoseconds slack_;
    TimePoint full_at_{};
};

}  // namespace esplane::dataplane
