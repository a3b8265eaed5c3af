// Whether a worker goes on, and how much of its time it spends on packets: by looking at its counters now and then.
#pragma once

#include <chrono>
#include <cstdint>

#include "dataplane/packet/time_point.h"

namespace esplane::dataplane {

class WorkerWatch {
  public:
    struct Seen {
        std::uint64_t turns = 0;
        std::chrono::nanoseconds busy{};  ///< in turns that had packets, since the start
    };

    /// To be called every half second or so, and the worker to be woken each time: then a worker that has taken no turn
    /// in between is stalled.
    void look(const Seen& seen, TimePoint now);

    bool is_stalled() const { return stalled_; }
    double load() const { return load_; }  ///< 0 to 1, between the last two looks

  private:
    Seen last_;
    TimePoint last_at_;
    bool woken_ = false;  // at the last look
    bool stalled_ = false;
    double load_ = 0;
};

}  // namespace esplane::dataplane
