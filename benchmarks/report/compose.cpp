#include "benchmarks/report/compose.h"

#include <algorithm>
#include <iterator>

#include "benchmarks/report/generate_section.h"
#include "benchmarks/report/order.h"
#include "benchmarks/report/pipeline_section.h"
#include "benchmarks/report/rfc2544_section.h"

namespace esplane::bench::report {
namespace {

std::string value_of(const Run& run, const std::string& name) {
    const auto found =
        std::find_if(run.machine.begin(), run.machine.end(), [&](const Fact& fact) { return fact.name == name; });
    return found == run.machine.end() ? "-" : found->value;
}

Section machines(std::span<const Run> runs) {
    Table table{.header = {""}, .text_columns = runs.size() + 1};
    std::vector<std::string> names;
    for (const Run& run : runs) {
        table.header.push_back(run.name);
        for (const Fact& fact : run.machine)
            add_once(names, fact.name);
    }
    for (const std::string& name : names) {
        std::vector<std::string>& row = table.rows.emplace_back(1, name);
        for (const Run& run : runs)
            row.push_back(value_of(run, name));
    }
    return {.title = runs.size() == 1 ? "Machine" : "Machines", .tables = {std::move(table)}};
}

}  // namespace

Document compose(std::span<const Run> runs) {
    Document document{.title = "Figures of esplane-bench", .sections = {machines(runs)}};
    for (Section& section : pipeline_sections(runs))
        document.sections.push_back(std::move(section));
    if (auto section = generate_section(runs)) document.sections.push_back(std::move(*section));
    if (auto section = rfc2544_section(runs)) document.sections.push_back(std::move(*section));
    return document;
}

}  // namespace esplane::bench::report
