// A scale of values, and where its ticks are.
#pragma once

#include <span>
#include <vector>

namespace esplane::bench::report {

class Axis {
  public:
    /// Linear from 0 to a round number that no value exceeds.
    static Axis linear(std::span<const double> values);
    /// Of whole decades around all values above 0: what is 0 or less cannot be shown.
    static Axis logarithmic(std::span<const double> values);

    /// 0 at the axis' beginning, 1 at its end. Of a logarithmic one, `value` is above 0.
    double position(double value) const;
    const std::vector<double>& ticks() const { return ticks_; }

  private:
    bool logarithmic_ = false;
    double first_ = 0;  // of a logarithmic one, the exponents
    double last_ = 1;
    std::vector<double> ticks_;
};

}  // namespace esplane::bench::report
