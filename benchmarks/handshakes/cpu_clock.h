// The CPU time of the calling thread: neighbours that take the CPU away in between are not in it.
#pragma once

#include <chrono>
#include <ctime>

namespace esplane::bench {

inline std::chrono::nanoseconds thread_cpu_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

inline double microseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

}  // namespace esplane::bench
