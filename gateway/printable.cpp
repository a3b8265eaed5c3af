#include "gateway/printable.h"

#include <cstdint>

namespace esplane::gateway {
namespace {

/// Length of the well-formed, printable UTF-8 character at the front; 0: there is none.
std::size_t character_length(std::string_view text) {
    const auto at = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const std::uint8_t first = at(0);
    if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4) return 0;  // a continuation, an overlong form, or beyond Unicode
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xc0) != 0x80) return 0;
    }
    const bool overlong = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
    const bool surrogate = first == 0xed && at(1) >= 0xa0;
    const bool beyond_unicode = first == 0xf4 && at(1) >= 0x90;
    const bool c1_control = first == 0xc2 && at(1) < 0xa0;  // some terminals obey them like ESC [
    const bool reorders = first == 0xe2 && ((at(1) == 0x80 && at(2) >= 0xa8 && at(2) <= 0xae) ||
                                            (at(1) == 0x81 && at(2) >= 0xa6 && at(2) <= 0xa9));
    return overlong || surrogate || beyond_unicode || c1_control || reorders ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        if (const std::size_t length = character_length(text); length > 0) {
            result.append(text.substr(0, length));
            text.remove_prefix(length);
            continue;
        }
        const auto octet = static_cast<std::uint8_t>(text.front());
        result.append({'\\', 'x', kDigits[octet >> 4], kDigits[octet & 15]});
        text.remove_prefix(1);
    }
    return result;
}

}  // namespace esplane::gateway
