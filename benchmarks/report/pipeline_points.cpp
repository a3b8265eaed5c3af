#include "benchmarks/report/pipeline_points.h"

#include <fmt/format.h>

#include <algorithm>

#include "benchmarks/report/order.h"

namespace esplane::bench::report {

PointKey key_of(const PipelinePoint& point) {
    return {point.direction, point.suite, point.tunnels, point.workers, point.size};
}

const PipelinePoint* find_point(const Run& run, const PointKey& key) {
    const auto found = std::find_if(run.pipeline.rbegin(), run.pipeline.rend(),
                                    [&](const PipelinePoint& point) { return key_of(point) == key; });
    return found == run.pipeline.rend() ? nullptr : &*found;
}

std::vector<std::string> directions_of(std::span<const Run> runs) {
    std::vector<std::string> directions;
    for (const Run& run : runs) {
        for (const PipelinePoint& point : run.pipeline)
            add_once(directions, point.direction);
    }
    return directions;
}

PipelineAxes axes_of(std::span<const Run> runs, const std::string& direction) {
    PipelineAxes axes;
    for (const Run& run : runs) {
        for (const PipelinePoint& point : run.pipeline) {
            if (point.direction != direction) continue;
            add_once(axes.suites, point.suite);
            add_once(axes.sizes, point.size);
            add_once(axes.tunnels, point.tunnels);
            add_once(axes.workers, point.workers);
            for (const StageFigure& stage : point.stages)
                add_once(axes.stages, stage.stage);
        }
    }
    std::sort(axes.sizes.begin(), axes.sizes.end(), size_before);
    std::sort(axes.tunnels.begin(), axes.tunnels.end());
    std::sort(axes.workers.begin(), axes.workers.end());
    return axes;
}

std::string load_name(std::uint32_t tunnels, std::uint32_t workers) {
    return fmt::format("{} tunnel{}, {} worker{}", tunnels, tunnels == 1 ? "" : "s", workers, workers == 1 ? "" : "s");
}

}  // namespace esplane::bench::report
