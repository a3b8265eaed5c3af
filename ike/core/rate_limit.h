// A token bucket: what strangers may make us send and log.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "ike/core/actions.h"

namespace esplane::ike {

class RateLimit {
  public:
    /// `burst` at once, then one per `refill`.
    RateLimit(std::uint32_t burst, std::chrono::milliseconds refill, TimePoint now)
        : burst_(burst), refill_(refill), tokens_(burst), counted_until_(now) {}

    bool allow(TimePoint now) {
        const auto earned = now > counted_until_ ? (now - counted_until_) / refill_ : 0;
        counted_until_ += earned * refill_;
        tokens_ = std::min<std::int64_t>(burst_, tokens_ + earned);
        if (tokens_ == 0) return false;
        --tokens_;
        return true;
    }

  private:
    std::int64_t burst_;
    std::chrono::milliseconds refill_;
    std::int64_t tokens_;
    TimePoint counted_until_;
};

}  // namespace esplane::ike
