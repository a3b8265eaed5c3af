// Results for people.
#pragma once

#include <span>
#include <string>

#include "benchmarks/machine.h"
#include "benchmarks/pipeline/measure.h"
#include "benchmarks/pipeline/result.h"

namespace esplane::bench {

/// What was measured, how, and on what machine.
std::string heading(const Machine& machine, const Rounds& rounds, int cpu);

/// One table for results of one direction, suite and number of tunnels: a line a size.
std::string table(std::span<const PipelineResult> results);

}  // namespace esplane::bench
