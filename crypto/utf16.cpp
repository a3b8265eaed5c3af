#include "crypto/utf16.h"

#include <bit>

namespace esplane::crypto {
namespace {

constexpr std::uint32_t kFirstOfLength[] = {0, 0, 0x80, 0x800, 0x10000};  // what is shorter must not be written longer

/// The code point that `text` begins with, which is cut off; empty when it begins with none.
std::optional<std::uint32_t> take(std::string_view& text) {
    const auto first = static_cast<std::uint8_t>(text.front());
    const auto ones = static_cast<std::size_t>(std::countl_one(first));
    const std::size_t length = ones == 0 ? 1 : ones;
    if (ones == 1 || ones > 4 || text.size() < length) return std::nullopt;
    std::uint32_t point = first & (0xffU >> (ones + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<std::uint8_t>(text[i]);
        if ((next & 0xc0) != 0x80) return std::nullopt;
        point = point << 6 | (next & 0x3fU);
    }
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    if (point < kFirstOfLength[length] || surrogate || point > 0x10ffff) return std::nullopt;
    text.remove_prefix(length);
    return point;
}

void put(std::uint32_t unit, MutableByteView out, std::size_t& at) {
    out[at++] = static_cast<std::uint8_t>(unit);
    out[at++] = static_cast<std::uint8_t>(unit >> 8);
}

}  // namespace

std::optional<Secret> to_utf16_le(std::string_view utf8) {
    Secret room(2 * utf8.size());  // never more: it does not move, which would leave a copy
    std::size_t size = 0;
    while (!utf8.empty()) {
        const std::optional<std::uint32_t> point = take(utf8);
        if (!point) return std::nullopt;
        if (*point < 0x10000) {
            put(*point, room.writable(), size);
            continue;
        }
        put(0xd800 + ((*point - 0x10000) >> 10), room.writable(), size);
        put(0xdc00 + ((*point - 0x10000) & 0x3ff), room.writable(), size);
    }
    return room.slice(0, size);
}

}  // namespace esplane::crypto
