#include "benchmarks/generate/latency_histogram.h"

#include <algorithm>
#include <cmath>

namespace esplane::bench::generate {

void LatencyHistogram::add(const LatencyHistogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    least_ = std::min(least_, other.least_);
    greatest_ = std::max(greatest_, other.greatest_);
}

std::uint64_t LatencyHistogram::percentile(double share) const {
    if (count_ == 0) return 0;
    const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t below = 0;
    for (std::size_t index = 0; index < counts_.size(); ++index) {
        below += counts_[index];
        if (below >= std::max<std::uint64_t>(rank, 1)) return std::clamp(middle_of(index), least_, greatest_);
    }
    return greatest_;
}

std::uint64_t LatencyHistogram::middle_of(std::size_t index) {
    if (index < 2 * kBuckets) return index;
    const std::uint64_t shift = (index >> kBits) - 1;
    return ((index - (shift << kBits)) << shift) + (std::uint64_t{1} << (shift - 1));
}

}  // namespace esplane::bench::generate
