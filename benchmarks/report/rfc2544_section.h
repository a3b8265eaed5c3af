// What a report says of `esplane-bench rfc2544`.
#pragma once

#include <optional>
#include <span>

#include "benchmarks/report/document.h"
#include "benchmarks/report/run.h"

namespace esplane::bench::report {

/// Throughput against size and latencies as charts, all figures as tables. None for runs without such results.
std::optional<Section> rfc2544_section(std::span<const Run> runs);

}  // namespace esplane::bench::report
