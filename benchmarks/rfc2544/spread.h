// What repeated trials gave.
#pragma once

#include <span>

namespace esplane::bench::rfc2544 {

struct Spread {
    double mean = 0;
    double least = 0;
    double greatest = 0;
};

/// Of at least one value.
Spread spread_of(std::span<const double> values);

}  // namespace esplane::bench::rfc2544
