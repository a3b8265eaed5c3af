// The time of day, as the machine has it.
#pragma once

#include "ike/core/actions.h"

namespace esplane::ike {

class SystemClock final : public WallClock {
  public:
    std::chrono::system_clock::time_point now() const override { return std::chrono::system_clock::now(); }
};

}  // namespace esplane::ike
