// Tells of datagrams that the kernel would not send: once for a while of it, since retransmissions repeat it.
#pragma once

#include <chrono>
#include <cstdint>

#include "dataplane/packet/address.h"

namespace esplane::gateway {

class SendFailures {
  public:
    void note(const Path& path, int error);

  private:
    std::chrono::steady_clock::time_point quiet_until_;
    std::uint64_t unsaid_ = 0;
};

}  // namespace esplane::gateway
