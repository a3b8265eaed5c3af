#include "benchmarks/report/axis.h"

#include <algorithm>
#include <cmath>

namespace esplane::bench::report {
namespace {

constexpr double kTicks = 5;  // about

/// 1, 2 or 5 times a power of ten.
double round_step(double least) {
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= least) return factor * power;
    }
    return 10 * power;
}

}  // namespace

Axis Axis::linear(std::span<const double> values) {
    double greatest = 0;
    for (const double value : values)
        greatest = std::max(greatest, value);
    if (greatest <= 0) greatest = 1;
    const double step = round_step(greatest / kTicks);
    // A value that is a tick but for the error of the division needs no further one.
    const auto count = static_cast<int>(std::ceil(greatest / step - 1e-9));
    Axis axis;
    axis.last_ = count * step;
    for (int tick = 0; tick <= count; ++tick)
        axis.ticks_.push_back(tick * step);
    return axis;
}

Axis Axis::logarithmic(std::span<const double> values) {
    double least = 0;
    double greatest = 0;
    for (const double value : values) {
        if (value <= 0) continue;
        least = least > 0 ? std::min(least, value) : value;
        greatest = std::max(greatest, value);
    }
    Axis axis;
    axis.logarithmic_ = true;
    if (greatest > 0) {
        axis.first_ = std::floor(std::log10(least));
        axis.last_ = std::max(std::ceil(std::log10(greatest)), axis.first_ + 1);
    }
    for (double exponent = axis.first_; exponent <= axis.last_; ++exponent)
        axis.ticks_.push_back(std::pow(10, exponent));
    return axis;
}

double Axis::position(double value) const {
    return ((logarithmic_ ? std::log10(value) : value) - first_) / (last_ - first_);
}

}  // namespace esplane::bench::report
