// Counts durations in buckets whose width grows with the value, as HDR histograms do: bounded memory, bounded error.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace esplane::bench::generate {

/// Any value of 64 bits. Percentiles are exact below 2 * kBuckets, beyond that off by at most kError of the value. 58
/// KiB.
class LatencyHistogram {
  public:
    static constexpr int kBits = 7;
    static constexpr std::uint64_t kBuckets = std::uint64_t{1} << kBits;  ///< between a power of two and the next
    static constexpr double kError = 1.0 / (2 * kBuckets);                ///< half a bucket, of the least value in it

    LatencyHistogram() : counts_((64 - kBits + 1) * kBuckets) {}

    void add(std::uint64_t value) {
        ++counts_[index_of(value)];
        ++count_;
        sum_ += static_cast<double>(value);
        least_ = value < least_ ? value : least_;
        greatest_ = value > greatest_ ? value : greatest_;
    }
    void add(const LatencyHistogram& other);

    std::uint64_t count() const { return count_; }
    std::uint64_t least() const { return count_ == 0 ? 0 : least_; }
    std::uint64_t greatest() const { return greatest_; }
    double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }
    /// The value that `share`, from 0 to 1, of all are not above: the one of rank ceil(share * count), at least the
    /// first. 0 if there is none.
    std::uint64_t percentile(double share) const;

  private:
    // The values below 2 * kBuckets have a bucket each. Those with `shift` bits more share it with all that differ in
    // the lowest `shift` bits.
    static std::size_t index_of(std::uint64_t value) {
        const auto width = static_cast<int>(std::bit_width(value));
        const int shift = width > kBits + 1 ? width - kBits - 1 : 0;
        return (static_cast<std::uint64_t>(shift) << kBits) + (value >> shift);
    }
    static std::uint64_t middle_of(std::size_t index);

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
    std::uint64_t least_ = UINT64_MAX;
    std::uint64_t greatest_ = 0;
};

}  // namespace esplane::bench::generate
