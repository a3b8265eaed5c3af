// What the searches know of a trial.
#pragma once

#include <cstdint>
#include <functional>

#include "benchmarks/generate/latency_histogram.h"
#include "benchmarks/generate/trial.h"

namespace esplane::bench::rfc2544 {

/// What is asked of the generator.
struct Offer {
    double rate = 0;  ///< packets a second
    double seconds = 0;
};

struct Outcome {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    double seconds = 0;                  ///< of sending
    generate::LatencyHistogram latency;  ///< cycles
    double hz = 0;                       ///< of these

    std::uint64_t lost() const { return sent - received; }
    /// From 0 to 1; of nothing sent, all is lost: it has proved nothing.
    double loss() const { return sent == 0 ? 1 : static_cast<double>(lost()) / static_cast<double>(sent); }
    /// Packets a second that were really sent.
    double rate() const { return seconds > 0 ? static_cast<double>(sent) / seconds : 0; }
};

/// Runs one (RFC 2544 23), and waits for what is still on its way. What it throws ends the search.
using Trial = std::function<Outcome(const Offer&)>;

Outcome outcome_of(const generate::TrialResult& result);

/// Of two trials with the same offer, as if they had been one.
Outcome joined(Outcome one, const Outcome& other);

}  // namespace esplane::bench::rfc2544
