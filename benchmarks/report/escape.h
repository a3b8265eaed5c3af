// Texts of others in Markdown and HTML: file names, models of CPUs, whatever stands in a file of results.
#pragma once

#include <string>
#include <string_view>

namespace esplane::bench::report {

/// For content and for values of attributes in quotes, of HTML and of SVG. What neither may hold is replaced.
std::string escape_html(std::string_view text);
/// For a cell of a table or a heading of GitHub's Markdown: on one line, nothing of it is markup.
std::string escape_markdown(std::string_view text);

}  // namespace esplane::bench::report
