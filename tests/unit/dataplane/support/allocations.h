// Counts what this program allocates, by malloc or operator new. Replaces malloc and its like in the whole test
// program; under AddressSanitizer, which has an allocator of its own, it is told by that.
#pragma once

#include <cstddef>

namespace esplane::dataplane::test {

/// Blocks that this thread has asked for, since it began.
std::size_t allocations();

}  // namespace esplane::dataplane::test
