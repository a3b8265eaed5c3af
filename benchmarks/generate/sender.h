// Sends what is due, from a source through a port.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <stdexcept>

#include "benchmarks/generate/pacer.h"
#include "benchmarks/generate/port.h"

namespace esplane::bench::generate {

/// `write` makes the next frame, of at most `longest` octets, and gives its length; `now` is in cycles.
template <typename T>
concept FrameSource = requires(T source, const T& constant, std::uint8_t* to, std::uint64_t now) {
    { constant.longest() } -> std::convertible_to<std::uint32_t>;
    { source.write(to, now) } -> std::convertible_to<std::uint32_t>;
};

/// Frames that the port does not take are kept and sent first the next time, at another pace too: none is skipped.
/// Their time is that of the look at the clock that found them due.
template <Port Out, FrameSource Source>
class Sender {
  public:
    /// Refers to both. Sends nothing before it has a pace.
    Sender(Out& port, Source& source) : port_(port), source_(source) {}
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;
    ~Sender() { port_.give_back(std::span(frames_).first(pending_)); }

    /// From now on sends so, and at most so many packets more.
    void pace(const Pacer& pacer, std::uint64_t packets) {
        missed_ += pacer_.missed();
        pacer_ = pacer;
        end_ = sent_ + packets;
    }

    /// One burst at most; true if anything was sent. Throws std::length_error if the port's frames are too small.
    bool poll(std::uint64_t now) {
        const std::size_t due = std::min({pacer_.due(now), std::uint64_t{kBurst}, end_ - sent_});
        if (due > pending_) prepare(due - pending_, now);
        if (pending_ == 0 || due == 0) return false;
        const std::size_t sent = port_.send(std::span(frames_).first(std::min(due, pending_)));
        std::move(frames_.begin() + sent, frames_.begin() + pending_, frames_.begin());
        pending_ -= sent;
        sent_ += sent;
        pacer_.sent(sent);
        return sent > 0;
    }

    std::uint64_t sent() const { return sent_; }
    std::uint64_t missed() const { return missed_ + pacer_.missed(); }
    bool is_done() const { return sent_ == end_; }

  private:
    void prepare(std::size_t count, std::uint64_t now) {
        const auto lent = std::span(frames_).subspan(pending_, count);
        const std::size_t got = port_.lend(lent);
        for (Frame& frame : lent.first(got)) {
            ++pending_;  // it is ours to give back, whatever comes
            if (frame.capacity < source_.longest()) throw std::length_error("frames of the port are too small to send");
            frame.length = source_.write(frame.data, now);
        }
    }

    Out& port_;
    Source& source_;
    Pacer pacer_{Pacer::kUnpaced, 1, 0, 0};
    std::uint64_t missed_ = 0;  // at other paces before
    std::uint64_t end_ = 0;
    std::uint64_t sent_ = 0;
    std::array<Frame, kBurst> frames_{};
    std::size_t pending_ = 0;  // of frames_, written and not yet sent
};

}  // namespace esplane::bench::generate
