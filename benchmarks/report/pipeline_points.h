// Finds its way in the points of several runs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/report/run.h"

namespace esplane::bench::report {

/// All that tells a point of one run from another.
struct PointKey {
    std::string direction;
    std::string suite;
    std::uint32_t tunnels = 0;
    std::uint32_t workers = 0;
    std::string size;
    bool operator==(const PointKey&) const = default;
};

PointKey key_of(const PipelinePoint& point);
/// Null when the run has none. Of several equal ones the last: it was measured again.
const PipelinePoint* find_point(const Run& run, const PointKey& key);

/// What there is of each in any run, of one direction: suites as they come, the others in ascending order.
struct PipelineAxes {
    std::vector<std::string> suites;
    std::vector<std::string> sizes;
    std::vector<std::uint32_t> tunnels;
    std::vector<std::uint32_t> workers;
    std::vector<std::string> stages;
};

std::vector<std::string> directions_of(std::span<const Run> runs);
PipelineAxes axes_of(std::span<const Run> runs, const std::string& direction);

/// "1,000 tunnels, 1 worker".
std::string load_name(std::uint32_t tunnels, std::uint32_t workers);

}  // namespace esplane::bench::report
