// Counts the system calls of a thread, whoever makes them: the kernel sends each to us before it does it (Syscall User
// Dispatch, Linux 5.11). What the vDSO answers, such as the time, is none.
#pragma once

#include <cstddef>

namespace esplane::dataplane::test {

/// One at a time, for the thread that makes it.
class SystemCallWatch {
  public:
    SystemCallWatch();
    ~SystemCallWatch();
    SystemCallWatch(const SystemCallWatch&) = delete;
    SystemCallWatch& operator=(const SystemCallWatch&) = delete;

    /// False where the kernel cannot do it: nothing is counted then.
    bool works() const { return works_; }

    /// Counts from here to stop(), any number of times.
    static void start();
    static void stop();

    static std::size_t count();
    /// The number of the last one counted, for a message; -1: none.
    static long last();

  private:
    bool works_;
};

}  // namespace esplane::dataplane::test
