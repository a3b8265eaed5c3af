// Gives what arrives at a port to a sink.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>

#include "benchmarks/generate/port.h"

namespace esplane::bench::generate {

template <typename T>
concept FrameSink = requires(T sink, ByteView frame, std::uint64_t now) {
    sink.take(frame, now);
};

/// Between two arrivals, in cycles of the clock.
struct Silence {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t length() const { return to - from; }
};

template <Port In, FrameSink Sink>
class Receiver {
  public:
    /// Refers to both.
    Receiver(In& port, Sink& sink) : port_(port), sink_(sink) {}

    /// One burst at most; true if anything arrived. All of a burst arrives at once, at the time that `clock` tells
    /// afterwards: before, it would be that of the last look, which what arrives may have been sent after.
    template <std::invocable Clock>
    bool poll(Clock& clock) {
        const std::size_t count = port_.receive(frames_);
        if (count == 0) return false;
        const std::uint64_t now = clock();
        const auto received = std::span(frames_).first(count);
        for (const Frame& frame : received)
            sink_.take(frame.octets(), now);
        port_.give_back(received);
        if (has_heard_ && now - last_ > silence_.length()) silence_ = {last_, now};
        has_heard_ = true;
        last_ = now;
        return true;
    }

    /// The longest between two arrivals: while a gateway restarts, its time by the time-stamp method of RFC 6201.
    const Silence& longest_silence() const { return silence_; }
    /// When the last arrived; 0 before the first.
    std::uint64_t last() const { return last_; }

  private:
    In& port_;
    Sink& sink_;
    std::array<Frame, kBurst> frames_{};
    Silence silence_;
    std::uint64_t last_ = 0;
    bool has_heard_ = false;
};

}  // namespace esplane::bench::generate
