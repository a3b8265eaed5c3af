// What is told while a test runs: a step is a trial that has ended.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace esplane::bench::rfc2544 {

struct Step {
    std::string_view test;  ///< "throughput", "back-to-back"
    std::string offer;      ///< "1.234 Mpps for 60 s", "4096 packets"
    std::uint64_t sent = 0;
    std::uint64_t lost = 0;
    bool passed = false;
};

using Watch = std::function<void(const Step&)>;

/// "throughput: 1.234 Mpps for 60 s: lost 12 of 74040000 (0.00002 %), too many", without an end of line.
std::string to_line(const Step& step);

}  // namespace esplane::bench::rfc2544
