// A number that one thread counts up and any thread reads. No locked instruction: there is only one writer.
#pragma once

#include <atomic>
#include <cstdint>

namespace esplane::dataplane {

class Counter {
  public:
    void add(std::uint64_t more) {
        value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    /// What had been added too early.
    void take_back(std::uint64_t less) {
        value_.store(value_.load(std::memory_order_relaxed) - less, std::memory_order_relaxed);
    }
    std::uint64_t read() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace esplane::dataplane
