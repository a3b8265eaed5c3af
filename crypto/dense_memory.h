// Memory for what packets of many SAs touch at random: close together in huge pages, where the kernel has such, so that
// few entries of the TLB reach all of it. With ten thousand tunnels every other lookup waits for a page's entry else.
#pragma once

#include <cstddef>
#include <new>

namespace esplane {

/// Whole cache lines, from any thread. What is given back is kept for the next of its size, not given to the system.
class DenseMemory {
  public:
    static constexpr std::size_t kLargest = std::size_t{16} << 10;

    /// At most kLargest octets. Throws std::bad_alloc.
    static void* allocate(std::size_t bytes);
    /// What allocate() returned for as many octets.
    static void release(void* memory, std::size_t bytes) noexcept;
};

/// Base of a class whose single objects lie there.
struct Dense {
    static void* operator new(std::size_t bytes) { return DenseMemory::allocate(bytes); }
    static void operator delete(void* memory, std::size_t bytes) { DenseMemory::release(memory, bytes); }
};

/// For containers. Longer arrays have pages of their own, huge ones too.
template <typename T>
class DenseAllocator {
  public:
    using value_type = T;

    DenseAllocator() = default;
    template <typename Other>
    explicit DenseAllocator(const DenseAllocator<Other>&) {}

    T* allocate(std::size_t count);
    void deallocate(T* memory, std::size_t count) noexcept;

    friend bool operator==(const DenseAllocator&, const DenseAllocator&) { return true; }
};

/// Pages of their own for at least so many octets. Throws std::bad_alloc.
void* allocate_pages(std::size_t bytes);
void release_pages(void* memory, std::size_t bytes) noexcept;

template <typename T>
T* DenseAllocator<T>::allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* const memory = bytes <= DenseMemory::kLargest ? DenseMemory::allocate(bytes) : allocate_pages(bytes);
    return static_cast<T*>(memory);
}

template <typename T>
void DenseAllocator<T>::deallocate(T* memory, std::size_t count) noexcept {
    const std::size_t bytes = count * sizeof(T);
    if (bytes <= DenseMemory::kLargest) return DenseMemory::release(memory, bytes);
    release_pages(memory, bytes);
}

}  // namespace esplane
