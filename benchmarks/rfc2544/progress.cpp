#include "benchmarks/rfc2544/progress.h"

#include <fmt/format.h>

namespace esplane::bench::rfc2544 {

std::string to_line(const Step& step) {
    const double percent = step.sent == 0 ? 0 : 100.0 * static_cast<double>(step.lost) / static_cast<double>(step.sent);
    return fmt::format("{}: {}: lost {} of {} ({:.5f} %){}", step.test, step.offer, step.lost, step.sent, percent,
                       step.passed ? "" : ", too many");
}

}  // namespace esplane::bench::rfc2544
