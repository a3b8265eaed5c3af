#include "benchmarks/report/latency_chart.h"

#include <utility>

namespace esplane::bench::report {
namespace {

struct Percentile {
    const char* name;
    const char* label;
};
constexpr Percentile kPercentiles[] = {{"min", "least"}, {"p50", "50 %"},     {"p90", "90 %"},
                                       {"p99", "99 %"},  {"p99.9", "99.9 %"}, {"max", "most"}};

}  // namespace

std::optional<double> find_figure(const std::vector<LatencyFigure>& latency, const std::string& name) {
    for (const LatencyFigure& figure : latency) {
        if (figure.name == name) return figure.us;
    }
    return std::nullopt;
}

std::optional<Chart> latency_chart(std::string title, const std::vector<LatencySeries>& all) {
    Chart chart{.title = std::move(title), .x_title = "share of the packets", .y_title = "us", .logarithmic = true};
    for (const Percentile& percentile : kPercentiles)
        chart.categories.emplace_back(percentile.label);
    for (const LatencySeries& one : all) {
        if (one.latency.empty()) continue;
        Series& series = chart.series.emplace_back(Series{.name = one.name, .colour = chart.series.size()});
        for (const Percentile& percentile : kPercentiles)
            series.values.push_back(find_figure(one.latency, percentile.name));
    }
    if (chart.series.empty()) return std::nullopt;
    return chart;
}

}  // namespace esplane::bench::report
