#include "benchmarks/report/pipeline_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "benchmarks/report/pipeline_charts.h"
#include "benchmarks/report/pipeline_tables.h"

namespace esplane::bench::report {
namespace {

constexpr const char* kNote =
    "Cycles are of the TSC, for one packet; Gbps is of inner packets. The cipher is the library's call alone, on the "
    "same "
    "buffers. A stage is measured with a fence before and behind it, so that the stages add up to more than the whole.";

void append(std::vector<Chart>& to, std::vector<Chart> more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void add_suite(Section& section, std::span<const Run> runs, const PipelineAxes& axes, const PointKey& key) {
    if (auto chart = stages_chart(runs, axes, key)) section.charts.push_back(std::move(*chart));
    if (auto table = overview_table(runs, axes, key)) section.tables.push_back(std::move(*table));
    if (auto table = stages_table(runs, axes, key)) section.tables.push_back(std::move(*table));
}

Section section_of(std::span<const Run> runs, const std::string& direction) {
    const PipelineAxes axes = axes_of(runs, direction);
    Section section{.title = fmt::format("The pipeline: {}", direction), .note = kNote};
    for (const std::uint32_t tunnels : axes.tunnels) {
        for (const std::uint32_t workers : axes.workers)
            append(section.charts, rate_charts(runs, axes, direction, tunnels, workers));
    }
    append(section.charts, scaling_charts(runs, axes, direction));
    for (const std::string& suite : axes.suites) {
        for (const std::uint32_t tunnels : axes.tunnels) {
            for (const std::uint32_t workers : axes.workers)
                add_suite(section, runs, axes, {direction, suite, tunnels, workers, {}});
        }
    }
    return section;
}

}  // namespace

std::vector<Section> pipeline_sections(std::span<const Run> all) {
    // One that measured something else has no column here, which would be an empty one.
    std::vector<Run> runs;
    std::copy_if(all.begin(), all.end(), std::back_inserter(runs),
                 [](const Run& run) { return !run.pipeline.empty(); });
    std::vector<Section> sections;
    for (const std::string& direction : directions_of(runs))
        sections.push_back(section_of(runs, direction));
    return sections;
}

}  // namespace esplane::bench::report
