#include "benchmarks/report/order.h"

#include <fmt/format.h>

namespace esplane::bench::report {

bool is_number(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool size_before(const std::string& a, const std::string& b) {
    if (is_number(a) != is_number(b)) return is_number(a);
    if (is_number(a) && a.size() != b.size()) return a.size() < b.size();
    return a < b;
}

std::string figure(double value) {
    return fmt::format("{:.{}f}", value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

std::string change(double before, double now) {
    return before > 0 ? fmt::format("{:+.1f} %", (now / before - 1) * 100) : "-";
}

}  // namespace esplane::bench::report
