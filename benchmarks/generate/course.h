// The course of one trial: sending, and waiting for what is still on its way, on one thread.
#pragma once

#include <concepts>
#include <cstdint>

#include "benchmarks/generate/receiver.h"
#include "benchmarks/generate/sender.h"

namespace esplane::bench::generate {

/// Sending ends with the packets, or with the time if the port takes too few.
struct Plan {
    double rate = Pacer::kUnpaced;  ///< packets a second
    std::uint64_t packets = 0;
    double seconds = 1;
    double residue_seconds = 2;  ///< of waiting afterwards (RFC 2544 23); all of it, for copies too
    std::uint64_t burst = 32;    ///< packets at once at most
    double hz = 0;               ///< of the clock

    /// Sends at `rate` for `seconds`, and no packet more than the rate allows.
    static Plan paced(double rate, double seconds, double hz) {
        return {.rate = rate, .packets = static_cast<std::uint64_t>(rate * seconds), .seconds = seconds, .hz = hz};
    }
};

struct Course {
    std::uint64_t sent = 0;
    std::uint64_t missed = 0;  ///< due, and not sent because the port or we were too slow
    double seconds = 0;        ///< from the beginning to the last packet that was sent
    Silence longest_silence;
    double rate() const { return seconds > 0 ? static_cast<double>(sent) / seconds : 0; }
};

/// What a trial before has left at the port, or anybody else: it would be counted as this one's. Not for ever, where
/// somebody does not stop sending.
template <Port In>
void throw_away(In& port) {
    struct Nobody {
        void take(ByteView, std::uint64_t) {}
    } nobody;
    const auto no_clock = [] { return std::uint64_t{0}; };
    Receiver receiver(port, nobody);
    for (int burst = 0; burst < 1000 && receiver.poll(no_clock); ++burst) {
    }
}

/// `clock()` gives cycles, which never decrease. What is sent in several goes is one stream: there is no pause between
/// them but the caller's.
template <Port Out, Port In, FrameSource Source, FrameSink Sink, std::invocable Clock>
class Stream {
  public:
    /// Refers to all but the clock.
    Stream(Out& out, In& in, Source& source, Sink& sink, Clock clock)
        : clock_(clock), sender_(out, source), receiver_(in, sink) {
        throw_away(in);
        start_ = last_sent_ = clock_();
    }

    /// As planned, or until `is_over(receiver, now)` says so.
    template <std::predicate<const Receiver<In, Sink>&, std::uint64_t> IsOver>
    void send(const Plan& plan, IsOver is_over) {
        const std::uint64_t begin = clock_();
        const std::uint64_t end = begin + cycles(plan.seconds, plan);
        sender_.pace(Pacer(plan.rate, plan.hz, plan.burst, begin), plan.packets);
        for (std::uint64_t now = begin; now <= end && !sender_.is_done() && !is_over(receiver_, now); now = clock_()) {
            if (sender_.poll(now)) last_sent_ = now;
            receiver_.poll(clock_);
        }
    }
    void send(const Plan& plan) {
        send(plan, [](const auto&, std::uint64_t) { return false; });
    }

    void wait(const Plan& plan) {
        const std::uint64_t end = clock_() + cycles(plan.residue_seconds, plan);
        while (clock_() <= end)
            receiver_.poll(clock_);
    }

    Course course(double hz) const {
        return {.sent = sender_.sent(),
                .missed = sender_.missed(),
                .seconds = static_cast<double>(last_sent_ - start_) / hz,
                .longest_silence = receiver_.longest_silence()};
    }

  private:
    static std::uint64_t cycles(double seconds, const Plan& plan) {
        return static_cast<std::uint64_t>(seconds * plan.hz);
    }

    Clock clock_;
    Sender<Out, Source> sender_;
    Receiver<In, Sink> receiver_;
    std::uint64_t start_ = 0;
    std::uint64_t last_sent_ = 0;
};

template <Port Out, Port In, FrameSource Source, FrameSink Sink, std::invocable Clock>
Course run_course(Out& out, In& in, Source& source, Sink& sink, const Plan& plan, Clock clock) {
    Stream stream(out, in, source, sink, clock);
    stream.send(plan);
    stream.wait(plan);
    return stream.course(plan.hz);
}

}  // namespace esplane::bench::generate
