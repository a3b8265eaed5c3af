// The monotonic clock, in nanoseconds.
#pragma once

#include <sys/prctl.h>
#include <time.h>

#include <cstdint>

namespace esplane::bench::probe {

using Nanoseconds = std::int64_t;
constexpr Nanoseconds kSecond = 1'000'000'000;

inline Nanoseconds now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * kSecond + time.tv_nsec;
}

inline void sleep_until(Nanoseconds when) {
    const timespec time{when / kSecond, when % kSecond};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
}

/// Without it the kernel rounds every sleep up by 50 us.
inline void wake_punctually() {
    prctl(PR_SET_TIMERSLACK, 1UL);
}

}  // namespace esplane::bench::probe
