// Where the packets of a traffic arrive: each frame is counted once, as one of Arrivals, as foreign or as damaged.
#pragma once

#include <cstdint>

#include "benchmarks/generate/latency_histogram.h"
#include "benchmarks/generate/probe_parser.h"
#include "benchmarks/generate/sequence_tracker.h"

namespace esplane::bench::generate {

class ProbeSink {
  public:
    /// Of a traffic that is checked(), of which at most `packets` are sent.
    ProbeSink(const Traffic& traffic, std::uint64_t packets) : parser_(traffic), tracker_(traffic.flows, packets) {}

    void take(ByteView frame, std::uint64_t now) {
        Stamp stamp;
        switch (parser_.parse(frame, stamp)) {
            case Recognition::kOurs:
                return take(stamp, now);
            case Recognition::kForeign:
                ++foreign_;
                return;
            case Recognition::kDamaged:
                ++damaged_;
                return;
        }
    }

    const SequenceTracker& tracker() const { return tracker_; }
    std::uint64_t foreign() const { return foreign_; }
    /// Among them those with a number that no packet can have had.
    std::uint64_t damaged() const { return damaged_; }
    /// In cycles, of first copies. Never negative: clocks of two cores may differ by more than nothing took.
    const LatencyHistogram& latency() const { return latency_; }

  private:
    void take(const Stamp& stamp, std::uint64_t now) {
        const std::uint64_t before = tracker_.arrivals().received;
        if (!tracker_.take(stamp.flow, stamp.sequence)) {
            ++damaged_;
        } else if (tracker_.arrivals().received != before) {
            latency_.add(now > stamp.time ? now - stamp.time : 0);
        }
    }

    ProbeParser parser_;
    SequenceTracker tracker_;
    LatencyHistogram latency_;
    std::uint64_t foreign_ = 0;
    std::uint64_t damaged_ = 0;
};

}  // namespace esplane::bench::generate
