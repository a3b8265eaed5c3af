// Signals as events of the control thread.
#pragma once

#include <functional>
#include <string>

#include "crypto/result.h"
#include "ike/runtime/event_loop.h"

namespace esplane::gateway {

/// SIGTERM, SIGINT and SIGHUP arrive at the handler, SIGPIPE nowhere. Make it before the first thread: all threads
/// inherit that these signals are blocked.
class Signals {
  public:
    using Handler = std::function<void(int signal)>;
    static Result<Signals, std::string> open();
    void watch(ike::EventLoop& loop, Handler handler);

  private:
    explicit Signals(dataplane::FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

    dataplane::FileDescriptor descriptor_;
    ike::EventLoop::Watch watch_;
};

}  // namespace esplane::gateway
