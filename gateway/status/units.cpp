#include "gateway/status/units.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <ctime>

namespace esplane::gateway {

std::string iso_time(std::chrono::system_clock::time_point at) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text) {
    std::tm fields{};
    const std::string copy(text);
    const char* end = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &fields);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return std::chrono::system_clock::from_time_t(timegm(&fields));
}

std::string duration_text(std::chrono::seconds duration) {
    struct Unit {
        std::int64_t seconds;
        char letter;
    };
    constexpr std::array<Unit, 4> kUnits{{{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
    const std::int64_t total = duration.count();
    for (std::size_t i = 0; i < kUnits.size(); ++i) {
        if (total < kUnits[i].seconds) continue;
        std::string text = fmt::format("{}{}", total / kUnits[i].seconds, kUnits[i].letter);
        if (i + 1 < kUnits.size()) {
            const std::int64_t rest = total % kUnits[i].seconds / kUnits[i + 1].seconds;
            if (rest > 0) text += fmt::format(" {}{}", rest, kUnits[i + 1].letter);
        }
        return text;
    }
    return "0s";
}

std::string size_text(std::uint64_t octets) {
    if (octets < 1000) return fmt::format("{} B", octets);
    double size = static_cast<double>(octets);
    constexpr std::array<const char*, 6> kUnits{"kB", "MB", "GB", "TB", "PB", "EB"};
    std::size_t unit = 0;
    // 999.95 would be shown as 1000.0: it belongs to the next unit.
    for (size /= 1000; size >= 999.95 && unit + 1 < kUnits.size(); size /= 1000)
        ++unit;
    return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string count_text(std::uint64_t count, std::string_view singular) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3;)
        digits.insert(at -= 3, 1, ',');
    return fmt::format("{} {}{}", digits, singular, count == 1 ? "" : "s");
}

std::string hexadecimal(std::uint64_t number, int digits) {
    return fmt::format("{:0{}x}", number, digits);
}

}  // namespace esplane::gateway
