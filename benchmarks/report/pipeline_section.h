// What a report says of `esplane-bench pipeline`.
#pragma once

#include <span>
#include <vector>

#include "benchmarks/report/document.h"
#include "benchmarks/report/run.h"

namespace esplane::bench::report {

/// A section a direction: charts of rates against sizes, tunnels and workers, of stages; tables of all figures, those
/// of several runs beside each other. None for runs without such results.
std::vector<Section> pipeline_sections(std::span<const Run> runs);

}  // namespace esplane::bench::report
