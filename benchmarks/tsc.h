// The time stamp counter as a stopwatch. It counts at a constant rate, not at that of the core: its cycles are time.
#pragma once

#include <x86intrin.h>

#include <cstdint>

namespace esplane::bench {

/// RDTSCP waits until all before it has executed; the fence keeps what follows from starting before it is read.
inline std::uint64_t read_tsc() {
    unsigned cpu;
    const std::uint64_t now = __rdtscp(&cpu);
    _mm_lfence();
    return now;
}

struct TscClock {
    double hz = 0;
    double reading = 0;  ///< cycles that pass between two readings with nothing between them
};

/// Compares with the system's clock, for some 50 ms.
TscClock calibrate_tsc();

}  // namespace esplane::bench
