// Latencies as a chart: percentiles from left to right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benchmarks/report/document.h"
#include "benchmarks/report/run.h"

namespace esplane::bench::report {

struct LatencySeries {
    std::string name;
    std::vector<LatencyFigure> latency;
};

/// On a logarithmic scale. None if nothing was timed.
std::optional<Chart> latency_chart(std::string title, const std::vector<LatencySeries>& all);

/// The figure of that name; empty where there is none.
std::optional<double> find_figure(const std::vector<LatencyFigure>& latency, const std::string& name);

}  // namespace esplane::bench::report
