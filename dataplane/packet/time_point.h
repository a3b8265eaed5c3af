// Time in the data plane is an argument: whoever owns the clock reads it once a turn.
#pragma once

#include <chrono>

namespace esplane::dataplane {

using TimePoint = std::chrono::steady_clock::time_point;

}  // namespace esplane::dataplane
