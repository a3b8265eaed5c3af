#include "benchmarks/rfc2544/spread.h"

#include <algorithm>
#include <numeric>

namespace esplane::bench::rfc2544 {

Spread spread_of(std::span<const double> values) {
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    return {.mean = sum / static_cast<double>(values.size()),
            .least = *std::min_element(values.begin(), values.end()),
            .greatest = *std::max_element(values.begin(), values.end())};
}

}  // namespace esplane::bench::rfc2544
