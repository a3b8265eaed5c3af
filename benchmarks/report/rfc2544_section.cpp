#include "benchmarks/report/rfc2544_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "benchmarks/report/latency_chart.h"
#include "benchmarks/report/order.h"

namespace esplane::bench::report {
namespace {

using Figure = double ThroughputFigure::*;

struct Line {
    const Run* run;
    std::string traffic;
};

/// What is compared: a traffic of a run each.
std::vector<Line> lines_of(std::span<const Run> runs) {
    std::vector<Line> lines;
    for (const Run& run : runs) {
        std::vector<std::string> traffics;
        for (const Rfc2544Point& point : run.rfc2544)
            add_once(traffics, point.traffic);
        for (const std::string& traffic : traffics)
            lines.push_back({&run, traffic});
    }
    return lines;
}

std::vector<std::string> sizes_of(std::span<const Run> runs) {
    std::vector<std::string> sizes;
    for (const Run& run : runs) {
        for (const Rfc2544Point& point : run.rfc2544)
            add_once(sizes, point.size);
    }
    std::sort(sizes.begin(), sizes.end(), size_before);
    return sizes;
}

/// Null where there is none; of several the last.
const Rfc2544Point* find(const Line& line, const std::string& size) {
    const Rfc2544Point* found = nullptr;
    for (const Rfc2544Point& point : line.run->rfc2544) {
        if (point.traffic == line.traffic && point.size == size) found = &point;
    }
    return found;
}

std::optional<double> value_of(const Rfc2544Point* point, bool tolerant, Figure figure) {
    if (point == nullptr || (tolerant && !point->tolerant)) return std::nullopt;
    return (tolerant ? *point->tolerant : point->throughput).*figure;
}

Chart throughput_chart(const std::vector<Line>& lines, const std::vector<std::string>& sizes, const char* unit,
                       Figure figure) {
    Chart chart{.title = fmt::format("Throughput: {} against size", unit),
                .x_title = "octets of IP packets",
                .y_title = unit,
                .categories = sizes};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (const bool tolerant : {false, true}) {
            Series series{.name = fmt::format("{}, {}, {}", lines[i].run->name, lines[i].traffic,
                                              tolerant ? "0.1 % lost" : "none lost"),
                          .colour = i,
                          .dash = tolerant ? 1U : 0U};
            for (const std::string& size : sizes)
                series.values.push_back(value_of(find(lines[i], size), tolerant, figure));
            chart.series.push_back(std::move(series));
        }
    }
    return chart;
}

void add_latency_charts(Section& section, const std::vector<Line>& lines, const std::vector<std::string>& sizes) {
    for (const std::string& size : sizes) {
        std::vector<LatencySeries> all;
        for (const Line& line : lines) {
            const Rfc2544Point* const point = find(line, size);
            if (point == nullptr) continue;
            for (const LoadFigure& load : point->loads)
                all.push_back(
                    {fmt::format("{}, {}, at {:g} %", line.run->name, line.traffic, 100 * load.load), load.latency});
        }
        if (auto chart = latency_chart(fmt::format("Latency at shares of the throughput, {} octets", size), all))
            section.charts.push_back(std::move(*chart));
    }
}

std::string cell(const std::optional<double>& value) {
    return value ? figure(*value) : "-";
}

std::string remark_of(const ThroughputFigure& throughput) {
    if (throughput.is_generator_bound) return "all that the generator sends";
    if (throughput.mpps == 0) return "no rate passed";
    return throughput.is_confirmed ? "" : "not confirmed";
}

Table throughput_table(const std::vector<Line>& lines, const std::vector<std::string>& sizes) {
    Table table{.title = "Throughput, bursts, recovery",
                .header = {"run", "traffic", "remark", "octets", "none lost, Mpps", "Gbps", "0.1 % lost, Mpps",
                           "back-to-back, packets", "recovery, s", "reset by loss, s", "by silence, s"},
                .text_columns = 3};
    for (const Line& line : lines) {
        for (const std::string& size : sizes) {
            const Rfc2544Point* const point = find(line, size);
            if (point == nullptr) continue;
            table.rows.push_back({line.run->name, line.traffic, remark_of(point->throughput), size,
                                  figure(point->throughput.mpps), figure(point->throughput.gbps),
                                  cell(value_of(point, true, &ThroughputFigure::mpps)), cell(point->burst_packets),
                                  cell(point->recovery_seconds), cell(point->reset_by_loss_seconds),
                                  cell(point->reset_by_silence_seconds)});
        }
    }
    return table;
}

Table latency_table(const std::vector<Line>& lines, const std::vector<std::string>& sizes) {
    constexpr const char* kNames[] = {"min", "p50", "p90", "p99", "p99.9", "max"};
    Table table{.title = "Latency at shares of the throughput, us",
                .header = {"run", "traffic", "octets", "load, %", "least", "median", "90 %", "99 %", "99.9 %", "most"},
                .text_columns = 2};
    for (const Line& line : lines) {
        for (const std::string& size : sizes) {
            const Rfc2544Point* const point = find(line, size);
            if (point == nullptr) continue;
            for (const LoadFigure& load : point->loads) {
                std::vector<std::string>& row = table.rows.emplace_back(
                    std::vector<std::string>{line.run->name, line.traffic, size, fmt::format("{:g}", 100 * load.load)});
                for (const char* name : kNames)
                    row.push_back(cell(find_figure(load.latency, name)));
            }
        }
    }
    return table;
}

}  // namespace

std::optional<Section> rfc2544_section(std::span<const Run> runs) {
    const std::vector<Line> lines = lines_of(runs);
    if (lines.empty()) return std::nullopt;
    const std::vector<std::string> sizes = sizes_of(runs);
    Section section{.title = "Through a running gateway, by RFC 2544",
                    .note =
                        "Throughput is the highest rate at which no packet is lost; the second line allows 0.1 %. "
                        "Gbps is of IP packets, headers included."};
    section.charts.push_back(throughput_chart(lines, sizes, "Gbps", &ThroughputFigure::gbps));
    section.charts.push_back(throughput_chart(lines, sizes, "Mpps", &ThroughputFigure::mpps));
    add_latency_charts(section, lines, sizes);
    section.tables.push_back(throughput_table(lines, sizes));
    if (Table table = latency_table(lines, sizes); !table.rows.empty()) section.tables.push_back(std::move(table));
    return section;
}

}  // namespace esplane::bench::report
