// Sees what a block of the heap holds at the moment it is given back, and how often memory is asked for. Replaces
// operator new and delete of the program.
#pragma once

#include <cstddef>
#include <optional>

namespace esplane::test {

/// Watches one block until it is freed; one watch at a time.
void watch_block(const void* block, std::size_t size);

/// Whether the watched block was all zeros when it was freed; empty while it has not been freed.
std::optional<bool> freed_as_zeros();

/// Calls of operator new so far, by all threads.
std::size_t allocations();

}  // namespace esplane::test
