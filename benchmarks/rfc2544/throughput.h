// Throughput (RFC 2544 26.1): the highest rate of which nothing is lost, or next to nothing.
#pragma once

#include "benchmarks/rfc2544/outcome.h"
#include "benchmarks/rfc2544/progress.h"

namespace esplane::bench::rfc2544 {

struct ThroughputSearch {
    double highest_rate = 0;      ///< packets a second: that of the medium, or the generator's utmost
    double resolution = 0.002;    ///< of the highest rate: how near it is looked for
    double tolerated_loss = 0;    ///< 0 is the RFC's definition; 0.001 tells of a gateway with rare hiccups
    double search_seconds = 5;    ///< of a trial while searching
    double confirm_seconds = 60;  ///< of the trial that decides (RFC 2544 24)
    unsigned most_confirmations = 10;
};

struct Throughput {
    double rate = 0;  ///< packets a second; 0 if none was found
    /// False: too many rates passed a short trial and failed the long one. `rate` is the last that passed a short one.
    bool is_confirmed = false;
    bool is_generator_bound = false;  ///< the generator could not send more, and what it could passed
    unsigned trials = 0;
    Outcome outcome;  ///< of the last trial at `rate`
};

/// The highest rate first, then halves of what is left between the highest that passed and the lowest above it that did
/// not. What the long trial refuses counts as not passed, and the search goes on below.
Throughput find_throughput(const Trial& trial, const ThroughputSearch& search, const Watch& watch);

}  // namespace esplane::bench::rfc2544
