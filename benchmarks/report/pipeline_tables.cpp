#include "benchmarks/report/pipeline_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "benchmarks/report/order.h"

namespace esplane::bench::report {
namespace {

struct Column {
    const char* title;
    std::string (*cell)(const PipelinePoint& point);
};

constexpr std::array kColumns{
    Column{"cycles", [](const PipelinePoint& point) { return figure(point.cycles); }},
    Column{"cipher", [](const PipelinePoint& point) { return figure(point.cipher_cycles); }},
    Column{"ratio",
           [](const PipelinePoint& point) {
               return point.cipher_cycles > 0 ? figure(point.cycles / point.cipher_cycles) : std::string("-");
           }},
    Column{"Mpps", [](const PipelinePoint& point) { return figure(point.mpps); }},
    Column{"Gbps", [](const PipelinePoint& point) { return figure(point.gbps); }},
    Column{"batch gain", [](const PipelinePoint& point) { return figure(point.batch_gain); }},
};

using Points = std::vector<const PipelinePoint*>;

/// One a run, null where it has none.
Points points_of(std::span<const Run> runs, PointKey key, const std::string& size) {
    key.size = size;
    Points points;
    for (const Run& run : runs)
        points.push_back(find_point(run, key));
    return points;
}

bool is_empty(const Points& points) {
    return std::all_of(points.begin(), points.end(), [](const PipelinePoint* point) { return point == nullptr; });
}

std::string change_of(const Points& points, std::size_t run) {
    if (points[0] == nullptr || points[run] == nullptr) return "-";
    return change(points[0]->cycles, points[run]->cycles);
}

std::vector<std::string> overview_row(const Points& points) {
    std::vector<std::string> row;
    for (const Column& column : kColumns) {
        for (const PipelinePoint* point : points)
            row.push_back(point == nullptr ? "-" : column.cell(*point));
    }
    for (std::size_t run = 1; run < points.size(); ++run)
        row.push_back(change_of(points, run));
    return row;
}

std::vector<std::string> overview_header(std::span<const Run> runs) {
    std::vector<std::string> header{"octets"};
    for (const Column& column : kColumns) {
        for (const Run& run : runs)
            header.push_back(runs.size() == 1 ? column.title : fmt::format("{}, {}", column.title, run.name));
    }
    for (std::size_t run = 1; run < runs.size(); ++run)
        header.push_back(fmt::format("cycles, {} against {}", runs[run].name, runs[0].name));
    return header;
}

std::string stage_cell(const PipelinePoint& point, const std::string& stage) {
    const auto found = std::find_if(point.stages.begin(), point.stages.end(),
                                    [&](const StageFigure& one) { return one.stage == stage; });
    return found == point.stages.end() ? "-" : figure(found->cycles);
}

}  // namespace

std::optional<Table> overview_table(std::span<const Run> runs, const PipelineAxes& axes, const PointKey& key) {
    Table table{.title = fmt::format("{} {}, {}", key.direction, key.suite, load_name(key.tunnels, key.workers)),
                .header = overview_header(runs)};
    for (const std::string& size : axes.sizes) {
        const Points points = points_of(runs, key, size);
        if (is_empty(points)) continue;
        std::vector<std::string> row = overview_row(points);
        row.insert(row.begin(), size);
        table.rows.push_back(std::move(row));
    }
    if (table.rows.empty()) return std::nullopt;
    return table;
}

std::optional<Table> stages_table(std::span<const Run> runs, const PipelineAxes& axes, const PointKey& key) {
    const bool several = runs.size() > 1;
    Table table{.title = fmt::format("{} {}, {}: cycles of each stage", key.direction, key.suite,
                                     load_name(key.tunnels, key.workers)),
                .header = {"octets"},
                .text_columns = several ? 2U : 1U};
    if (several) table.header.emplace_back("run");
    table.header.insert(table.header.end(), axes.stages.begin(), axes.stages.end());
    for (const std::string& size : axes.sizes) {
        const Points points = points_of(runs, key, size);
        for (std::size_t run = 0; run < runs.size(); ++run) {
            if (points[run] == nullptr) continue;
            std::vector<std::string> row{size};
            if (several) row.push_back(runs[run].name);
            for (const std::string& stage : axes.stages)
                row.push_back(stage_cell(*points[run], stage));
            table.rows.push_back(std::move(row));
        }
    }
    if (table.rows.empty()) return std::nullopt;
    return table;
}

}  // namespace esplane::bench::report
