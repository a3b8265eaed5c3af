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
    /// Octets that somebody has, in lines and in pages of their own.
    static std::size_t in_use();
};

/// Base of a class whose single objects lie there.
struct Dense {
    static void* operator new(std::size_t bytes) { return DenseMemory::allocate(bytes); }
    static void operator delete(void* memory, std::size_t bytes) { DenseMemory::release(memory, bytes); }
};

/// For containers. Long arrays have pages of their own, huge ones too; those between are the heap's.
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

/// In whole cache lines. Throws std::bad_alloc.
void* allocate_array(std::size_t bytes);
void release_array(void* memory, std::size_t bytes) noexcept;

template <typename T>
T* DenseAllocator<T>::allocate(std::size_t count) {
    return static_cast<T*>(allocate_array(count * sizeof(T)));
}

template <typename T>
void DenseAllocator<T>::deallocate(T* memory, std::size_t count) noexcept {
    release_array(memory, count * sizeof(T));
}

}  // namespace esplane
