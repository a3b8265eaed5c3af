// Where a worker learns which descriptors have something to read, and where it sleeps while none has.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/io/file_descriptor.h"

namespace esplane::dataplane {

class Waiter {
  public:
    Waiter();  ///< aborts when the kernel has no descriptor left: there is no way on
    void add(int fd);
    void remove(int fd);
    /// `milliseconds` of 0: looks only; of -1: without end. A descriptor that is broken (its device was removed by
    /// hand) is not waited for any more; a socket always is. True when one has an error pending: its reader has to take
    /// it, or it would be reported for ever.
    bool wait(int milliseconds) {
        return milliseconds < 0 ? wait_for(std::nullopt) : wait_for(std::chrono::milliseconds(milliseconds));
    }
    /// The same in finer steps; nothing: without end.
    bool wait_for(std::optional<std::chrono::nanoseconds> most);
    /// Whether the last wait() found something to read. Of more than kMost at once, the rest has its turn at the next.
    bool is_readable(int fd) const {
        return static_cast<std::size_t>(fd) < readable_.size() && readable_[static_cast<std::size_t>(fd)] != 0;
    }

  private:
    static constexpr int kMost = 64;

    FileDescriptor epoll_;
    std::vector<std::uint8_t> readable_;  // by descriptor
    std::vector<int> found_;              // those that stand there as readable
};

}  // namespace esplane::dataplane
