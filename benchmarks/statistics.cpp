#include "benchmarks/statistics.h"

#include <algorithm>
#include <cstddef>

namespace esplane::bench {

double median(std::vector<double> samples) {
    if (samples.empty()) return 0;
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    if (samples.size() % 2 != 0) return *middle;
    return (*std::max_element(samples.begin(), middle) + *middle) / 2;
}

}  // namespace esplane::bench
