// What stands at the front of each datagram that `send` sends and `sink` counts.
#pragma once

#include <cstdint>

namespace esplane::bench::probe {

/// In the machine's own byte order: both ends are on it.
struct Mark {
    std::uint64_t run;     ///< of the measurement, so that what an earlier one left in a queue is not counted
    std::uint64_t number;  ///< from 0
};

}  // namespace esplane::bench::probe
