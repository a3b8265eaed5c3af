// Counts the locks that this program takes, or tries to: mutexes, read-write locks, spin locks, semaphores, conditions
// waited for. Stands before the C library's functions in the whole test program.
#pragma once

#include <cstddef>

namespace esplane::dataplane::test {

/// Of this thread, since it began. Not seen are locks that are made of atomics alone, with no function to call.
std::size_t locks();

}  // namespace esplane::dataplane::test
