#include "benchmarks/report/html.h"

#include <fmt/format.h>

#include "benchmarks/report/escape.h"
#include "benchmarks/report/svg.h"

namespace esplane::bench::report {
namespace {

constexpr const char* kStyle = R"(:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 84rem; padding: 0 1rem;
       color: #1c2126; background: #ffffff; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid #80808055; }
.text { text-align: left; }
@media (prefers-color-scheme: dark) { body { color: #e4e8ec; background: #14181c; } }
)";

std::string row(const Table& table, const std::vector<std::string>& cells, const char* element) {
    std::string text = "<tr>";
    for (std::size_t column = 0; column < cells.size(); ++column) {
        text += fmt::format("<{0}{1}>{2}</{0}>", element, column < table.text_columns ? " class=\"text\"" : "",
                            escape_html(cells[column]));
    }
    return text + "</tr>\n";
}

std::string to_html(const Table& table) {
    std::string text = "<div class=\"scroll\"><table>\n";
    if (!table.title.empty()) text += fmt::format("<caption>{}</caption>\n", escape_html(table.title));
    text += "<thead>" + row(table, table.header, "th") + "</thead>\n<tbody>\n";
    for (const auto& cells : table.rows)
        text += row(table, cells, "td");
    return text + "</tbody></table></div>\n";
}

std::string to_html(const Section& section) {
    std::string text = fmt::format("<h2>{}</h2>\n", escape_html(section.title));
    if (!section.note.empty()) text += fmt::format("<p>{}</p>\n", escape_html(section.note));
    if (!section.charts.empty()) {
        text += "<div class=\"charts\">\n";
        for (const Chart& chart : section.charts)
            text += "<div>" + to_svg(chart) + "</div>\n";
        text += "</div>\n";
    }
    for (const Table& table : section.tables)
        text += to_html(table);
    return text;
}

}  // namespace

std::string to_html(const Document& document) {
    std::string text = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" "
        "content=\"width=device-width\">\n<title>{0}</title>\n<style>\n{1}{2}</style>\n</head>\n"
        "<body>\n<h1>{0}</h1>\n",
        escape_html(document.title), kStyle, svg_style());
    for (const Section& section : document.sections)
        text += to_html(section);
    return text + "</body>\n</html>\n";
}

}  // namespace esplane::bench::report
