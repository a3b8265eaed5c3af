// The CPU time of the calling thread: neighbours that take the CPU away in between are not in it.
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>

namespace esplane::bench {

inline std::chrono::nanoseconds thread_cpu_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// What passes between two readings with nothing between them: a call of the kernel, a microsecond and more.
inline std::chrono::nanoseconds cost_of_reading() {
    auto least = std::chrono::nanoseconds::max();
    for (int i = 0; i < 10'000; ++i) {
        const auto before = thread_cpu_time();
        least = std::min(least, thread_cpu_time() - before);
    }
    return least;
}

/// The CPU time that `call` takes.
template <typename Call>
std::chrono::nanoseconds cpu_time_of(Call&& call) {
    static const std::chrono::nanoseconds kReading = cost_of_reading();
    const auto begin = thread_cpu_time();
    call();
    return std::max(thread_cpu_time() - begin - kReading, std::chrono::nanoseconds(0));
}

inline double microseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

}  // namespace esplane::bench
