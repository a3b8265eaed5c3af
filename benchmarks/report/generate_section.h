// What a report says of `esplane-bench generate`.
#pragma once

#include <optional>
#include <span>

#include "benchmarks/report/document.h"
#include "benchmarks/report/run.h"

namespace esplane::bench::report {

/// Counts as a table, latencies as a chart. None for runs without such results.
std::optional<Section> generate_section(std::span<const Run> runs);

}  // namespace esplane::bench::report
