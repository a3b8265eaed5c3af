#include "benchmarks/report/pipeline_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "benchmarks/report/order.h"

namespace esplane::bench::report {
namespace {

using Figure = double PipelinePoint::*;

std::string series_name(std::span<const Run> runs, const std::string& what, std::size_t run) {
    return runs.size() == 1 ? what : fmt::format("{}, {}", what, runs[run].name);
}

/// A line a suite and run; `key_at` says what point stands at a category. Lines without any point are left out.
std::vector<Series> lines(std::span<const Run> runs, const PipelineAxes& axes, std::size_t categories, Figure figure,
                          const std::function<PointKey(const std::string& suite, std::size_t category)>& key_at) {
    std::vector<Series> all;
    for (std::size_t suite = 0; suite < axes.suites.size(); ++suite) {
        for (std::size_t run = 0; run < runs.size(); ++run) {
            Series series{.name = series_name(runs, axes.suites[suite], run), .colour = suite, .dash = run};
            bool is_empty = true;
            for (std::size_t category = 0; category < categories; ++category) {
                const PipelinePoint* point = find_point(runs[run], key_at(axes.suites[suite], category));
                series.values.push_back(point == nullptr ? std::nullopt : std::optional(point->*figure));
                is_empty = is_empty && point == nullptr;
            }
            if (!is_empty) all.push_back(std::move(series));
        }
    }
    return all;
}

std::vector<std::string> as_texts(const std::vector<std::uint32_t>& numbers) {
    std::vector<std::string> texts;
    for (const std::uint32_t number : numbers)
        texts.push_back(std::to_string(number));
    return texts;
}

/// Of the sizes that are numbers, which stand first and in order; or of the names, where there are only such.
std::vector<std::string> shortest_and_longest(const std::vector<std::string>& sizes) {
    const auto names = std::find_if_not(sizes.begin(), sizes.end(), is_number);
    std::vector<std::string> ends{sizes.front()};
    if (names != sizes.begin()) add_once(ends, *(names - 1));
    return ends;
}

void add_scaling(std::vector<Chart>& charts, std::span<const Run> runs, const PipelineAxes& axes,
                 const std::string& direction, const std::string& size) {
    const auto add = [&](const std::string& against, const std::string& beside,
                         const std::vector<std::uint32_t>& numbers,
                         const std::function<PointKey(const std::string&, std::size_t)>& key_at) {
        std::vector<Series> all = lines(runs, axes, numbers.size(), &PipelinePoint::mpps, key_at);
        if (all.empty()) return;
        charts.push_back({.title = fmt::format("{}, {} octets, {}: Mpps against {}", direction, size, beside, against),
                          .x_title = against,
                          .y_title = "Mpps",
                          .categories = as_texts(numbers),
                          .series = std::move(all)});
    };
    if (axes.tunnels.size() > 1) {
        for (const std::uint32_t workers : axes.workers) {
            add("tunnels", fmt::format("workers: {}", workers), axes.tunnels,
                [&](const std::string& suite, std::size_t at) {
                    return PointKey{direction, suite, axes.tunnels[at], workers, size};
                });
        }
    }
    if (axes.workers.size() > 1) {
        for (const std::uint32_t tunnels : axes.tunnels) {
            add("workers", fmt::format("tunnels: {}", tunnels), axes.workers,
                [&](const std::string& suite, std::size_t at) {
                    return PointKey{direction, suite, tunnels, axes.workers[at], size};
                });
        }
    }
}

std::optional<double> cycles_of(const PipelinePoint& point, const std::string& stage) {
    for (const StageFigure& one : point.stages) {
        if (one.stage == stage) return one.cycles;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Chart> rate_charts(std::span<const Run> runs, const PipelineAxes& axes, const std::string& direction,
                               std::uint32_t tunnels, std::uint32_t workers) {
    const auto key_at = [&](const std::string& suite, std::size_t at) {
        return PointKey{direction, suite, tunnels, workers, axes.sizes[at]};
    };
    std::vector<Chart> charts;
    const auto add = [&](const char* unit, Figure figure) {
        std::vector<Series> all = lines(runs, axes, axes.sizes.size(), figure, key_at);
        if (all.empty()) return;
        charts.push_back({.title = fmt::format("{}, {}: {} against size", direction, load_name(tunnels, workers), unit),
                          .x_title = "octets of inner packets",
                          .y_title = unit,
                          .categories = axes.sizes,
                          .series = std::move(all)});
    };
    add("Gbps", &PipelinePoint::gbps);
    add("Mpps", &PipelinePoint::mpps);
    return charts;
}

std::vector<Chart> scaling_charts(std::span<const Run> runs, const PipelineAxes& axes, const std::string& direction) {
    std::vector<Chart> charts;
    for (const std::string& size : shortest_and_longest(axes.sizes))
        add_scaling(charts, runs, axes, direction, size);
    return charts;
}

std::optional<Chart> stages_chart(std::span<const Run> runs, const PipelineAxes& axes, const PointKey& key) {
    Chart chart{.form = Chart::Form::kStackedBars,
                .title = fmt::format("{} {}, {}: cycles of each stage", key.direction, key.suite,
                                     load_name(key.tunnels, key.workers)),
                .x_title = "octets of inner packets",
                .y_title = "TSC cycles a packet"};
    for (std::size_t stage = 0; stage < axes.stages.size(); ++stage)
        chart.series.push_back({.name = axes.stages[stage], .colour = stage});
    for (const std::string& size : axes.sizes) {
        for (std::size_t run = 0; run < runs.size(); ++run) {
            PointKey at = key;
            at.size = size;
            const PipelinePoint* point = find_point(runs[run], at);
            if (point == nullptr) continue;
            chart.categories.push_back(series_name(runs, size, run));
            for (Series& series : chart.series)
                series.values.push_back(cycles_of(*point, series.name));
        }
    }
    if (chart.categories.empty()) return std::nullopt;
    return chart;
}

}  // namespace esplane::bench::report
