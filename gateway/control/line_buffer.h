// Cuts a stream of octets into lines, and refuses those that are too long.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace esplane::gateway::control {

class LineBuffer {
  public:
    explicit LineBuffer(std::size_t longest) : longest_(longest) {}

    void add(std::string_view more) { waiting_.append(more); }
    /// The next whole line without its end; empty when none is complete.
    std::optional<std::string> next();
    /// A line has begun that is longer than allowed, or has ended so: the stream is of no use any more.
    bool overflowed() const { return overflowed_; }

  private:
    std::size_t longest_;
    std::string waiting_;
    std::size_t searched_ = 0;  // no line ends before it
    bool overflowed_ = false;
};

}  // namespace esplane::gateway::control
