// Where an idle worker sleeps: until a descriptor has something to read, or the time is up.
#pragma once

#include "dataplane/io/file_descriptor.h"

namespace esplane::dataplane {

class Waiter {
  public:
    Waiter();  ///< aborts when the kernel has no descriptor left: there is no way on
    void add(int fd);
    void remove(int fd);
    /// `milliseconds` of -1: without end. A descriptor that is broken (its device was removed by hand) is not waited
    /// for any more; a socket always is. True when one has an error pending: its reader has to take it, or it would be
    /// reported for ever.
    bool wait(int milliseconds);

  private:
    FileDescriptor epoll_;
};

}  // namespace esplane::dataplane
