#include "benchmarks/report/markdown.h"

#include <fmt/format.h>

#include "benchmarks/report/escape.h"

namespace esplane::bench::report {
namespace {

std::string line(const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells)
        text += cell.empty() ? " |" : fmt::format(" {} |", escape_markdown(cell));
    return text + '\n';
}

std::string rule(const Table& table) {
    std::string text = "|";
    for (std::size_t column = 0; column < table.header.size(); ++column)
        text += column < table.text_columns ? "---|" : "---:|";
    return text + '\n';
}

std::string to_markdown(const Table& table) {
    std::string text;
    if (!table.title.empty()) text += fmt::format("### {}\n\n", escape_markdown(table.title));
    text += line(table.header) + rule(table);
    for (const auto& row : table.rows)
        text += line(row);
    return text + '\n';
}

std::string to_markdown(const Section& section) {
    std::string text = fmt::format("## {}\n\n", escape_markdown(section.title));
    if (!section.note.empty()) text += escape_markdown(section.note) + "\n\n";
    for (const Table& table : section.tables)
        text += to_markdown(table);
    return text;
}

}  // namespace

std::string to_markdown(const Document& document) {
    std::string text = fmt::format("# {}\n\n", escape_markdown(document.title));
    for (const Section& section : document.sections)
        text += to_markdown(section);
    text.pop_back();  // the empty line after the last table
    return text;
}

}  // namespace esplane::bench::report
