#include "crypto/dense_memory.h"

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

#include "crypto/prefetch.h"

namespace esplane {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kLongArray = kHugePage / 2;  // of which a huge page is not mostly wasted
constexpr std::align_val_t kLine{kCacheLine};

constexpr std::size_t rounded_up(std::size_t bytes, std::size_t to) {
    return (bytes + to - 1) / to * to;
}

/// `bytes` are whole huge pages, and so is where they begin. The kernel takes small pages where it has no huge ones.
void* map_huge(std::size_t bytes) {
    const std::size_t wide = bytes + kHugePage;
    void* const all = mmap(nullptr, wide, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) throw std::bad_alloc();
    const auto at = reinterpret_cast<std::uintptr_t>(all);
    const std::size_t before = rounded_up(at, kHugePage) - at;
    auto* const begin = static_cast<std::byte*>(all) + before;
    if (before > 0) munmap(all, before);
    munmap(begin + bytes, kHugePage - before);
    madvise(begin, bytes, MADV_HUGEPAGE);
    return begin;
}

std::atomic<std::size_t> octets_in_use{0};

struct Free {
    Free* next;
};

/// All that there is of it, in the process.
class Store {
  public:
    void* take(std::size_t lines) {
        const std::lock_guard guard(lock_);
        if (Free* const free = free_[lines]) {
            ASAN_UNPOISON_MEMORY_REGION(free, lines * kCacheLine);
            free_[lines] = free->next;
            return free;
        }
        if (left_ < lines * kCacheLine) {
            next_ = static_cast<std::byte*>(map_huge(kHugePage));
            left_ = kHugePage;
        }
        void* const taken = next_;
        next_ += lines * kCacheLine;
        left_ -= lines * kCacheLine;
        return taken;
    }
    void put_back(void* memory, std::size_t lines) {
        const std::lock_guard guard(lock_);
        free_[lines] = ::new (memory) Free{free_[lines]};
        ASAN_POISON_MEMORY_REGION(memory, lines * kCacheLine);
    }

  private:
    std::mutex lock_;
    std::byte* next_ = nullptr;
    std::size_t left_ = 0;                                              // octets from there on
    std::array<Free*, DenseMemory::kLargest / kCacheLine + 1> free_{};  // by lines
};

/// Never destroyed: static objects may be in it.
Store& store() {
    static Store* const only = new Store;
    return *only;
}

constexpr std::size_t lines_of(std::size_t bytes) {
    return rounded_up(bytes == 0 ? 1 : bytes, kCacheLine) / kCacheLine;
}

}  // namespace

void* DenseMemory::allocate(std::size_t bytes) {
    if (bytes > kLargest) throw std::bad_alloc();
    const std::size_t lines = lines_of(bytes);
    void* const memory = store().take(lines);
    octets_in_use += lines * kCacheLine;
    return memory;
}

void DenseMemory::release(void* memory, std::size_t bytes) noexcept {
    if (memory == nullptr) return;
    const std::size_t lines = lines_of(bytes);
    store().put_back(memory, lines);
    octets_in_use -= lines * kCacheLine;
}

std::size_t DenseMemory::in_use() {
    return octets_in_use;
}

void* allocate_array(std::size_t bytes) {
    if (bytes <= DenseMemory::kLargest) return DenseMemory::allocate(bytes);
    if (bytes < kLongArray) return ::operator new(bytes, kLine);
    const std::size_t whole = rounded_up(bytes, kHugePage);
    void* const memory = map_huge(whole);
    octets_in_use += whole;
    return memory;
}

void release_array(void* memory, std::size_t bytes) noexcept {
    if (bytes <= DenseMemory::kLargest) return DenseMemory::release(memory, bytes);
    if (bytes < kLongArray) return ::operator delete(memory, kLine);
    const std::size_t whole = rounded_up(bytes, kHugePage);
    munmap(memory, whole);
    octets_in_use -= whole;
}

}  // namespace esplane
