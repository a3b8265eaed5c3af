#include "crypto/bytes.h"

#include <openssl/crypto.h>

namespace esplane {
namespace {

/// 0 to 15, or -1 for a character that is no hexadecimal digit.
int hex_digit(char character) {
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'a' && character <= 'f') return character - 'a' + 10;
    if (character >= 'A' && character <= 'F') return character - 'A' + 10;
    return -1;
}

bool is_space(char character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
}

}  // namespace

std::string to_hex(ByteView bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t octet : bytes) {
        text.push_back(kDigits[octet >> 4]);
        text.push_back(kDigits[octet & 0xf]);
    }
    return text;
}

Bytes from_hex(std::string_view text) {
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    int high = -1;
    for (const char character : text) {
        if (is_space(character)) continue;
        const int digit = hex_digit(character);
        if (digit < 0) return {};
        if (high < 0) {
            high = digit;
        } else {
            bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit));
            high = -1;
        }
    }
    return high < 0 ? bytes : Bytes{};
}

bool equal_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace esplane
