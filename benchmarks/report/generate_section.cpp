#include "benchmarks/report/generate_section.h"

#include <fmt/format.h>

#include "benchmarks/report/latency_chart.h"
#include "benchmarks/report/order.h"

namespace esplane::bench::report {
namespace {

std::string percentile(const GeneratePoint& point, const char* name) {
    const auto us = find_figure(point.latency, name);
    return us ? figure(*us) : "-";
}

std::vector<std::string> row_of(const Run& run, const GeneratePoint& point) {
    const double received = static_cast<double>(point.received);
    const double sent = static_cast<double>(point.sent);
    return {run.name,
            point.traffic,
            point.size,
            std::to_string(point.sent),
            std::to_string(point.lost),
            point.sent == 0 ? "-" : fmt::format("{:.4f}", 100 * static_cast<double>(point.lost) / sent),
            point.reordered ? std::to_string(*point.reordered) : "-",
            std::to_string(point.duplicates),
            point.seconds > 0 ? figure(received / point.seconds / 1e6) : "-",
            percentile(point, "p50"),
            percentile(point, "p99"),
            percentile(point, "p99.9")};
}

}  // namespace

std::optional<Section> generate_section(std::span<const Run> runs) {
    Table table{.title = "Packets sent, and what became of them",
                .header = {"run", "traffic", "octets", "sent", "lost", "lost, %", "reordered", "duplicates",
                           "received, Mpps", "median, us", "99 %, us", "99.9 %, us"},
                .text_columns = 2};
    std::vector<LatencySeries> latencies;
    for (const Run& run : runs) {
        for (const GeneratePoint& point : run.generate) {
            table.rows.push_back(row_of(run, point));
            latencies.push_back({fmt::format("{}, {}, {} octets", run.name, point.traffic, point.size), point.latency});
        }
    }
    if (table.rows.empty()) return std::nullopt;
    Section section{.title = "The generator",
                    .note =
                        "Each packet carries its number and when it was found to be due, so that each is received or "
                        "lost, and its copies are duplicates. Latency is from then to when it was read."};
    if (auto chart = latency_chart("Latency of single packets", latencies)) section.charts.push_back(std::move(*chart));
    section.tables.push_back(std::move(table));
    return section;
}

}  // namespace esplane::bench::report
