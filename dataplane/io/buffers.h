// Fixed buffers, a burst of them, each large enough for any IP packet. Mapped, so that only what is touched takes
// memory.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>

#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

class Buffers {
  public:
    static constexpr std::size_t kCapacity = 65536;
    static constexpr std::size_t kHeadroom = 64;

    explicit Buffers(std::size_t count = kBurst)
        : count_(count),
          base_(mmap(nullptr, count * kStride, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                     0)) {
        if (base_ == MAP_FAILED) throw std::bad_alloc();
    }
    ~Buffers() { munmap(base_, count_ * kStride); }
    Buffers(const Buffers&) = delete;
    Buffers& operator=(const Buffers&) = delete;

    /// kCapacity octets, kHeadroom before them and a cache line of room behind.
    std::uint8_t* at(std::size_t index) const {
        return static_cast<std::uint8_t*>(base_) + index * kStride + kHeadroom;
    }

  private:
    // Not a power of two: equal offsets of all buffers would fall into the same set of the cache.
    static constexpr std::size_t kStride = kHeadroom + kCapacity + 4096 + 128;
    std::size_t count_;
    void* base_;
};

}  // namespace esplane::dataplane
