// What DPDK says while something of it starts: the reason of a failure is there, and seldom in an error's number.
#pragma once

#include <cstdio>
#include <string>

#include "dataplane/io/file_descriptor.h"

namespace esplane::dataplane {

/// While it lives, DPDK's log goes here, and its help on arguments nowhere. One at a time, while no other thread writes
/// to standard output.
class HeardLog {
  public:
    HeardLog();
    ~HeardLog();
    HeardLog(const HeardLog&) = delete;
    HeardLog& operator=(const HeardLog&) = delete;

    /// What was said so far, in one line.
    std::string text() const;

  private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
    FILE* log_;
    FileDescriptor stdout_;
};

}  // namespace esplane::dataplane
