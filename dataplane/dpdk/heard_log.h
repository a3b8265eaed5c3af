// What DPDK says while something of it starts: the reason of a failure is there, and seldom in an error's number.
#pragma once

#include <cstdio>
#include <string>

#include "dataplane/io/file_descriptor.h"

namespace esplane::dataplane {

/// While it lives, DPDK's log goes here, and so does what it writes beside that to standard error; its help on
/// arguments goes nowhere. One at a time, while no other thread writes to either.
class HeardLog {
  public:
    HeardLog();
    ~HeardLog();
    HeardLog(const HeardLog&) = delete;
    HeardLog& operator=(const HeardLog&) = delete;

    /// What was said so far, in one line; without what says no more than that it failed.
    std::string text() const;

  private:
    std::string stderr_text() const;

    char* text_ = nullptr;
    std::size_t size_ = 0;
    FILE* log_;
    FileDescriptor caught_;  // a file in memory, in the place of standard error
    FileDescriptor stdout_;
    FileDescriptor stderr_;
};

}  // namespace esplane::dataplane
