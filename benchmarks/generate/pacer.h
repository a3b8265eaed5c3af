// When packets are due: as many as the rate says since the beginning, never more at once than a burst.
#pragma once

#include <cstdint>

namespace esplane::bench::generate {

class Pacer {
  public:
    static constexpr double kUnpaced = 0;  ///< a rate: as many as the port takes

    /// `rate` packets a second by a clock of `hz`; at most `burst` of them, at least 1, at once. Begins at `now`.
    Pacer(double rate, double hz, std::uint64_t burst, std::uint64_t now)
        : a_cycle_(rate / hz), burst_(burst), start_(now) {}

    /// How many may be sent now. The difference of two counts is that of the products of rate and time, rounded down:
    /// no error adds up. What was due more than a burst ago is not sent later, but missed: the rate of the moment never
    /// tells of a pause of ours.
    std::uint64_t due(std::uint64_t now) {
        if (a_cycle_ == kUnpaced) return burst_;
        if (now <= start_) return 0;
        const auto since_start = static_cast<std::uint64_t>(static_cast<double>(now - start_) * a_cycle_);
        std::uint64_t due = since_start - released_;
        if (due > burst_) {
            missed_ += due - burst_;
            released_ += due - burst_;
            due = burst_;
        }
        return due;
    }
    /// That many of those due have been sent.
    void sent(std::uint64_t count) {
        if (a_cycle_ != kUnpaced) released_ += count;
    }

    /// Packets that were not sent because nobody asked in time, or the port took too few.
    std::uint64_t missed() const { return missed_; }

  private:
    double a_cycle_;  // packets
    std::uint64_t burst_;
    std::uint64_t start_;
    std::uint64_t released_ = 0;  // sent or missed
    std::uint64_t missed_ = 0;
};

}  // namespace esplane::bench::generate
