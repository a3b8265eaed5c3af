// A report as GitHub's Markdown: the tables; charts are for the HTML page.
#pragma once

#include <string>

#include "benchmarks/report/document.h"

namespace esplane::bench::report {

std::string to_markdown(const Document& document);

}  // namespace esplane::bench::report
