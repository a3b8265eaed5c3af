// Back-to-back frames (RFC 2544 26.4, RFC 9004): the longest burst at the highest rate of which nothing is lost.
#pragma once

#include <cstdint>
#include <functional>

#include "benchmarks/rfc2544/outcome.h"
#include "benchmarks/rfc2544/progress.h"
#include "benchmarks/rfc2544/spread.h"

namespace esplane::bench::rfc2544 {

/// Sends that many packets as fast as it can, and waits until the device's buffers are empty again.
using Burst = std::function<Outcome(std::uint64_t packets)>;

struct BackToBackSearch {
    std::uint64_t most_packets = 0;  ///< two seconds of the highest rate (RFC 2544 26.4)
    double resolution = 0;           ///< of the burst: how near its limit is looked for; at least a packet
    unsigned repetitions = 50;
};

struct BackToBack {
    Spread packets;  ///< over the repetitions
    bool is_unlimited =
        false;  ///< of some repetition, even the most packets passed: then this is not the device's limit
};

BackToBack find_back_to_back(const Burst& burst, const BackToBackSearch& search, const Watch& watch);

/// How long the device's buffers take to be filled at the highest rate, without what it forwards meanwhile (RFC
/// 9004 6.4: the corrected buffer time). Rates in packets a second. In seconds.
double buffer_seconds(double packets, double highest_rate, double throughput);

}  // namespace esplane::bench::rfc2544
