// The figures of `esplane-bench pipeline` as tables.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "benchmarks/report/document.h"
#include "benchmarks/report/pipeline_points.h"

namespace esplane::bench::report {

/// A line a size, the runs beside each other, and what each is against the first. Empty if no run has such points.
std::optional<Table> overview_table(std::span<const Run> runs, const PipelineAxes& axes, const PointKey& key);
/// A line a size and run, a column a stage. Empty if no run has such points. Of `key`, all but the size counts.
std::optional<Table> stages_table(std::span<const Run> runs, const PipelineAxes& axes, const PointKey& key);

}  // namespace esplane::bench::report
