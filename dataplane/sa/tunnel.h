// A tunnel as the worker sees it: what belongs to it, on which CHILD_SA it sends now, what it had to drop.
#pragma once

#include <cstdint>
#include <utility>

#include "dataplane/options.h"
#include "dataplane/sa/drop_reason.h"

namespace esplane::dataplane {

class ChildSa;

class TunnelState {
  public:
    explicit TunnelState(TunnelPolicy chosen) : policy(std::move(chosen)) {}

    const TunnelPolicy policy;
    ChildSa* sending = nullptr;        ///< null: down, packets are dropped
    std::int64_t acquire_told_at = 0;  ///< worker's clock, nanoseconds; 0: never
    DropCounters drops;
};

}  // namespace esplane::dataplane
