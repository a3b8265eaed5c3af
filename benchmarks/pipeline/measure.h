// Runs one point: batches through the whole pipeline, through the single stages, packet by packet, and through the
// cipher alone, in turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "benchmarks/pipeline/mix.h"
#include "benchmarks/pipeline/result.h"
#include "benchmarks/pipeline/ring_ports.h"
#include "benchmarks/pipeline/suites.h"
#include "benchmarks/tsc.h"

namespace esplane::bench {

struct Rounds {
    std::size_t batch = 32;      ///< packets; at most dataplane::kBurst
    std::size_t batches = 2000;  ///< that count, of each kind
    std::size_t warm_up = 200;   ///< before them
};

enum class Direction : std::uint8_t { kEncap, kDecap };

/// One worker on each of `cpus`, all at the same time, each with so many tunnels of its own; this thread, which is on
/// the first of them, is the first. Throws when a packet does not reach the end of the pipeline: then the figure would
/// be of something else.
PipelineResult measure(RingPorts& ports, std::span<const int> cpus, Direction direction, const Suite& suite,
                       std::uint32_t tunnels, const Mix& mix, const Rounds& rounds, const TscClock& clock);

}  // namespace esplane::bench
