// The figures of `esplane-bench pipeline` as charts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/report/document.h"
#include "benchmarks/report/pipeline_points.h"

namespace esplane::bench::report {

/// Gbps and Mpps against the size, a line a suite and run. None if no run has points of that load.
std::vector<Chart> rate_charts(std::span<const Run> runs, const PipelineAxes& axes, const std::string& direction,
                               std::uint32_t tunnels, std::uint32_t workers);
/// Mpps against tunnels, and against workers, of the shortest packets and of the longest: of these the lookups weigh
/// most, of those the cipher. Only against what there is more than one of.
std::vector<Chart> scaling_charts(std::span<const Run> runs, const PipelineAxes& axes, const std::string& direction);
/// Cycles of the stages on top of each other, a bar a size and run. Of `key`, all but the size counts.
std::optional<Chart> stages_chart(std::span<const Run> runs, const PipelineAxes& axes, const PointKey& key);

}  // namespace esplane::bench::report
