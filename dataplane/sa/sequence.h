// Sequence numbers of an outbound SA (RFC 4303 2.2, 3.3.3). The low half travels, the whole is also the IV.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace esplane::dataplane {

class SequenceSource {
  public:
    explicit SequenceSource(bool esn)
        : last_(esn ? std::numeric_limits<std::uint64_t>::max() : std::numeric_limits<std::uint32_t>::max()) {}

    /// The next number, from 1; empty when there is none left: the SA must not send any more. Never yields one twice.
    std::optional<std::uint64_t> next() {
        if (used_ == last_) return std::nullopt;
        return ++used_;
    }
    /// Whether three quarters are used up: time for a rekey.
    bool is_running_out() const { return used_ >= last_ / 4 * 3; }

  private:
    std::uint64_t used_ = 0;
    std::uint64_t last_;
};

}  // namespace esplane::dataplane
