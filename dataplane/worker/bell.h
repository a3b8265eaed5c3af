// Wakes the other thread: an eventfd that counts nothing but "there is something".
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "dataplane/io/file_descriptor.h"

namespace esplane::dataplane {

class Bell {
  public:
    Bell() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        if (!fd_.is_open()) std::abort();
    }
    void ring() const {
        const std::uint64_t one = 1;
        // Full means rung already.
        [[maybe_unused]] const ssize_t written = write(fd_.get(), &one, sizeof one);
    }
    void silence() const {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t length = read(fd_.get(), &count, sizeof count);
    }
    int descriptor() const { return fd_.get(); }

  private:
    FileDescriptor fd_;
};

}  // namespace esplane::dataplane
