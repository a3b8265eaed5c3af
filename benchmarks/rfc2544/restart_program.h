// A program of the operator's that restarts the gateway.
#pragma once

#include <sys/types.h>

#include <string>

namespace esplane::bench::rfc2544 {

class RestartProgram {
  public:
    /// Run without arguments and without a shell.
    explicit RestartProgram(std::string file) : file_(std::move(file)) {}

    /// Throws std::runtime_error if it cannot be run.
    void begin();
    /// Whether it has ended; throws std::runtime_error if it failed.
    bool has_ended();

  private:
    std::string file_;
    pid_t pid_ = 0;
};

}  // namespace esplane::bench::rfc2544
