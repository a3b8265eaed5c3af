// Which sockets may have something in their error queue. Whoever sees a call on a socket fail marks it; the worker
// takes the marks before it sleeps, since a queue that is not empty would wake it for ever.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace esplane::dataplane {

/// Any thread marks, one takes. Moved only while nobody does either.
class ErrorMarks {
  public:
    ErrorMarks() = default;
    ErrorMarks(ErrorMarks&& other) noexcept : bits_(other.take()) {}
    ErrorMarks& operator=(ErrorMarks&& other) noexcept {
        bits_.store(other.take(), std::memory_order_relaxed);
        return *this;
    }

    /// `socket` is an index below 32.
    void mark(std::size_t socket) { bits_.fetch_or(1U << socket, std::memory_order_release); }
    bool any() const { return bits_.load(std::memory_order_relaxed) != 0; }
    /// The marks since the last call, bit by bit. What is read from the queues afterwards includes all that they say.
    std::uint32_t take() { return bits_.exchange(0, std::memory_order_acquire); }

  private:
    std::atomic<std::uint32_t> bits_ = 0;
};

}  // namespace esplane::dataplane
