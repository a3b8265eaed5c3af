// Threads that measure at the same time: all begin when the last is ready, and go on until the last is done.
#pragma once

#include <atomic>
#include <cstddef>

namespace esplane::bench {

class Together {
  public:
    explicit Together(std::size_t threads) : awaited_(threads), busy_(threads) {}

    /// One thread's part, from its preparations on; whoever leaves early keeps nobody waiting.
    class Part {
      public:
        explicit Part(Together& together) : together_(together) {}
        ~Part() {
            if (!begun_) --together_.awaited_;
            if (!done_) --together_.busy_;
        }
        Part(const Part&) = delete;
        Part& operator=(const Part&) = delete;

        /// Waits for the others. Does not sleep: they all begin at once.
        void begin() {
            begun_ = true;
            --together_.awaited_;
            while (together_.awaited_ > 0) {
            }
        }
        void done() {
            done_ = true;
            --together_.busy_;
        }
        bool are_others_busy() const { return together_.busy_ > 0; }

      private:
        Together& together_;
        bool begun_ = false;
        bool done_ = false;
    };

  private:
    std::atomic<std::size_t> awaited_;
    std::atomic<std::size_t> busy_;
};

}  // namespace esplane::bench
