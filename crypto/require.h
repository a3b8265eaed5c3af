// An assertion that stays on in release builds: for our own mistakes and a broken library, never for a peer's input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace esplane::crypto {

/// Says `what` went wrong on stderr and aborts the process unless `holds`. Going on would mean working with keys or
/// random numbers that are not what they should be.
inline void require(bool holds, const char* what) {
    if (__builtin_expect(holds, 1)) return;
    std::fprintf(stderr, "esplane: cannot go on: %s\n", what);
    std::abort();
}

}  // namespace esplane::crypto
