// The whole report of one or several runs.
#pragma once

#include <span>

#include "benchmarks/report/document.h"
#include "benchmarks/report/run.h"

namespace esplane::bench::report {

/// The machines of the runs beside each other, then what was measured.
Document compose(std::span<const Run> runs);

}  // namespace esplane::bench::report
