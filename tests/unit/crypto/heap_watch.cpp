#include "tests/unit/crypto/heap_watch.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

const void* watched = nullptr;
std::size_t watched_size = 0;
bool freed = false;
bool zeros = false;
std::atomic<std::size_t> allocated = 0;

void* allocate(std::size_t size, std::size_t alignment) {
    ++allocated;
    const std::size_t padded = (std::max<std::size_t>(size, 1) + alignment - 1) / alignment * alignment;
    void* block = std::aligned_alloc(alignment, padded);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

void release(void* block) {
    if (block != nullptr && block == watched) {
        const auto* octets = static_cast<const std::uint8_t*>(block);
        zeros = std::all_of(octets, octets + watched_size, [](std::uint8_t octet) { return octet == 0; });
        freed = true;
        watched = nullptr;
    }
    std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(std::max<std::size_t>(size, 1));  // sanitizers bring one of their own, so it does not follow
}
void operator delete(void* block) noexcept {
    release(block);
}
void operator delete(void* block, std::size_t) noexcept {
    release(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    release(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    release(block);
}

namespace esplane::test {

void watch_block(const void* block, std::size_t size) {
    watched = block;
    watched_size = size;
    freed = false;
}

std::optional<bool> freed_as_zeros() {
    return freed ? std::optional(zeros) : std::nullopt;
}

std::size_t allocations() {
    return allocated;
}

}  // namespace esplane::test
