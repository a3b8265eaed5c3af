// Replay protection (RFC 4303 3.4.3) as a set of the numbers seen, with nothing clever about it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

namespace esplane::dataplane::test {

class ReplayModel {
  public:
    ReplayModel(std::uint32_t width, bool esn) : width_(width), esn_(esn) {}

    /// The number that a packet is taken to have: with ESN, of those that end in the 32 bits which it carries, the
    /// lowest that is not behind the window. Empty if that is below 0 or does not fit 64 bits.
    std::optional<std::uint64_t> taken_for(std::uint32_t low) const {
        if (!esn_) return low;
        const Wide bottom = Wide{highest_} - width_ + 1;
        for (Wide high = Wide{highest_ >> 32} - 1;; ++high) {
            const Wide number = high * (Wide{1} << 32) + low;
            if (number < bottom) continue;
            if (number < 0 || number >> 64 != 0) return std::nullopt;
            return static_cast<std::uint64_t>(number);
        }
    }
    bool acceptable(std::uint64_t number) const {
        if (width_ == 0) return true;
        return number != 0 && Wide{number} > Wide{highest_} - width_ && !seen_.contains(number);
    }
    void accept(std::uint64_t number) {
        seen_.insert(number);
        highest_ = std::max(highest_, number);
    }
    /// What becomes of an authentic packet: empty if it is accepted, and then it is seen; else the reason.
    std::string receive(std::uint64_t number) {
        const auto taken = taken_for(static_cast<std::uint32_t>(number));
        if (!taken || !acceptable(*taken)) return "replay";
        // The ICV covers the high half, too: under another than it was sent with, a packet does not verify.
        if (*taken != number) return "bad_icv";
        accept(number);
        return {};
    }

  private:
    __extension__ using Wide = __int128;

    std::uint32_t width_;
    bool esn_;
    std::uint64_t highest_ = 0;
    std::unordered_set<std::uint64_t> seen_;
};

}  // namespace esplane::dataplane::test
