// A report as one page of HTML: style and pictures are within it, nothing is fetched, no script runs.
#pragma once

#include <string>

#include "benchmarks/report/document.h"

namespace esplane::bench::report {

std::string to_html(const Document& document);

}  // namespace esplane::bench::report
