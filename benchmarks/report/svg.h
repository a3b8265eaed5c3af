// A chart as a picture within a page: an `svg` element, coloured by the page's style sheet.
#pragma once

#include <string>
#include <string_view>

#include "benchmarks/report/document.h"

namespace esplane::bench::report {

inline constexpr std::size_t kColours = 10;

std::string to_svg(const Chart& chart);

/// The rules that pictures need: colours for light and for dark pages.
std::string svg_style();

}  // namespace esplane::bench::report
