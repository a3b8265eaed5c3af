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
    Receiver receiver(port, nobody);
    for (int burst = 0; burst < 1000 && receiver.poll(0); ++burst) {
    }
}

/// `clock()` gives cycles, which never decrease.
template <Port Out, Port In, FrameSource Source, FrameSink Sink, std::invocable Clock>
Course run_course(Out& out, In& in, Source& source, Sink& sink, const Plan& plan, Clock clock) {
    const auto cycles = [&](double seconds) { return static_cast<std::uint64_t>(seconds * plan.hz); };
    throw_away(in);
    const std::uint64_t start = clock();
    Pacer pacer(plan.rate, plan.hz, plan.burst, start);
    Sender sender(out, source, pacer, plan.packets);
    Receiver receiver(in, sink);
    const std::uint64_t end = start + cycles(plan.seconds);
    std::uint64_t last_sent = start;
    for (std::uint64_t now = start; now <= end && !sender.is_done(); now = clock()) {
        const std::uint64_t sent = sender.sent();
        sender.poll(now);
        if (sender.sent() != sent) last_sent = now;
        receiver.poll(now);
    }
    const std::uint64_t residue_end = clock() + cycles(plan.residue_seconds);
    for (std::uint64_t now = clock(); now <= residue_end; now = clock())
        receiver.poll(now);
    return {.sent = sender.sent(),
            .missed = pacer.missed(),
            .seconds = static_cast<double>(last_sent - start) / plan.hz,
            .longest_silence = receiver.longest_silence()};
}

}  // namespace esplane::bench::generate
