// Counts what this program allocates. Replaces operator new and delete of the whole test program.
#pragma once

#include <cstddef>

namespace esplane::dataplane::test {

/// Calls of operator new by this thread, since it began.
std::size_t allocations();

}  // namespace esplane::dataplane::test
