// What a trial gave, for people.
#pragma once

#include <string>

#include "benchmarks/generate/replay.h"
#include "benchmarks/generate/trial.h"

namespace esplane::bench::generate {

/// Some lines, each with its end.
std::string to_text(const Traffic& traffic, const TrialResult& result);
std::string to_text(const Course& course, const ReplayArrivals& arrivals);

}  // namespace esplane::bench::generate
