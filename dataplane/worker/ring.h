// A bounded queue between one thread that pushes and one that pops. Neither ever waits.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace esplane::dataplane {

template <typename T>
class Ring {
  public:
    /// Rounded up to a power of two.
    explicit Ring(std::size_t capacity) : cells_(std::bit_ceil(capacity)) {}

    /// The pushing thread. False, and `value` untouched, when it is full.
    bool push(T& value) {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_seen_ == cells_.size()) {
            // Acquire: pairs with the release in pop(), so that the cell's old value has been moved out.
            head_seen_ = head_.load(std::memory_order_acquire);
            if (tail - head_seen_ == cells_.size()) return false;
        }
        cells_[tail & (cells_.size() - 1)] = std::move(value);
        // Release: pairs with the acquire in pop(), so that the value is there before the count says so.
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    /// The popping thread.
    std::optional<T> pop() {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head == tail_seen_) {
            tail_seen_ = tail_.load(std::memory_order_acquire);  // pairs with the release in push()
            if (head == tail_seen_) return std::nullopt;
        }
        std::optional<T> value(std::move(*cells_[head & (cells_.size() - 1)]));
        cells_[head & (cells_.size() - 1)].reset();
        head_.store(head + 1, std::memory_order_release);  // pairs with the acquire in push()
        return value;
    }

    /// The pushing thread, with things that found no room: asks to be told. It must try once more after this, for the
    /// room that came before the other side could see the wish.
    void want_room(bool wanted) {
        room_wanted_.store(wanted, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the one in is_room_wanted()
    }
    /// The popping thread, after it has popped: whether the other one waits.
    bool is_room_wanted() const {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        return room_wanted_.load(std::memory_order_relaxed);
    }

  private:
    static constexpr std::size_t kCacheLine = 64;

    std::vector<std::optional<T>> cells_;
    // Each side's own number and its copy of the other's share a line that the other side rarely reads.
    alignas(kCacheLine) std::atomic<std::size_t> tail_{0};
    std::size_t head_seen_ = 0;
    alignas(kCacheLine) std::atomic<std::size_t> head_{0};
    std::size_t tail_seen_ = 0;
    alignas(kCacheLine) std::atomic<bool> room_wanted_{false};
};

}  // namespace esplane::dataplane
