// Before anything is measured: every host is heard of, every tunnel is up, every question on a link is answered (RFC
// 2544 23: learning frames). What is lost meanwhile is nobody's loss.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <stdexcept>

#include "benchmarks/generate/trial.h"

namespace esplane::bench::generate {

/// Slow enough for questions on a link and tunnels on demand.
struct Learning {
    double rate = 1000;  ///< packets a second
    double residue_seconds = 0.2;
    std::uint64_t most_packets = 2000;  ///< a round: not more than a packet a flow
    int rounds = 30;
};

struct Learned {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    bool is_whole = false;  ///< the last round arrived as a whole. Else what is measured tells of what is lost
};

/// Rounds until one arrives as a whole. Throws std::runtime_error if in none anything did.
template <Port Out, Port In, std::invocable Clock>
Learned learn(Out& out, In& in, const Traffic& traffic, const EthernetEnds& ends, const Learning& learning, double hz,
              Clock clock) {
    const std::uint64_t packets = std::clamp<std::uint64_t>(traffic.flows, 10, learning.most_packets);
    Plan plan = Plan::paced(learning.rate, static_cast<double>(packets) / learning.rate, hz);
    plan.residue_seconds = learning.residue_seconds;
    Learned learned;
    for (int round = 0; round < learning.rounds; ++round) {
        const TrialResult result = run_trial(out, in, traffic, ends, plan, clock);
        learned.sent += result.course.sent;
        learned.received += result.arrivals.received;
        learned.is_whole = result.course.sent > 0 && result.lost() == 0;
        if (learned.is_whole) break;
    }
    if (learned.received == 0) {
        throw std::runtime_error(
            "Nothing that was sent came to the port that receives: is the tunnel up (`esplane status`), does its "
            "policy "
            "cover --from and --to, and does the last gateway send to --to by that port?");
    }
    return learned;
}

}  // namespace esplane::bench::generate
