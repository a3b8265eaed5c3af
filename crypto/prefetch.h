// Asks for cache lines before they are needed.
#pragma once

#include <cstddef>

namespace esplane {

inline constexpr std::size_t kCacheLine = 64;

/// The line that `begin` is in, and as many after it as `bytes` from the beginning of a line take. A hint: nothing is
/// read, nothing can fail.
inline void prefetch(const void* begin, std::size_t bytes = kCacheLine) {
    for (std::size_t at = 0; at < bytes; at += kCacheLine)
        __builtin_prefetch(static_cast<const char*>(begin) + at);
}

}  // namespace esplane
