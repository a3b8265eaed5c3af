// Octets on the heap of this process, those in mappings of their own included.
#pragma once

#include <malloc.h>

namespace esplane::bench {

inline double heap_octets() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

}  // namespace esplane::bench
