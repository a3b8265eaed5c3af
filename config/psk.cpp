#include "config/psk.h"

#include <algorithm>
#include <cstdlib>

#include "config/files.h"

namespace esplane::config {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

Parsed<crypto::Secret> decode_hex(std::string_view digits) {
    const std::string wanted = "after 0x an even number of hexadecimal digits is expected";
    if (digits.empty() || digits.size() % 2 != 0) return Failure{wanted};
    crypto::Secret secret(digits.size() / 2);
    for (std::size_t i = 0; i < secret.size(); ++i) {
        const int high = hex_value(digits[2 * i]);
        const int low = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) return Failure{wanted};
        secret.writable()[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return secret;
}

Parsed<crypto::Secret> decode_base64(std::string_view text) {
    const std::string wanted = "after 0s base64 is expected (RFC 4648 4), padded with =";
    const std::size_t padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
    if (text.size() < 4 || text.size() % 4 != 0 || padding > 2) return Failure{wanted};
    crypto::Secret secret(text.size() / 4 * 3 - padding);
    std::uint32_t bits = 0;
    for (std::size_t i = 0, out = 0; i < text.size(); ++i) {
        const bool pad = i >= text.size() - padding;
        const int value = pad ? 0 : base64_value(text[i]);
        if (value < 0) return Failure{wanted};
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        if (i % 4 != 3) continue;
        for (int shift = 16; shift >= 0 && out < secret.size(); shift -= 8) {
            secret.writable()[out++] = static_cast<std::uint8_t>(bits >> shift);
        }
        bits = 0;
    }
    return secret;
}

}  // namespace

Parsed<crypto::Secret> decode_psk(std::string_view text) {
    if (text.empty()) return Failure{std::string("the key is empty")};
    if (text.size() > kLongestPsk) {
        return Failure{"the key is too long; at most " + std::to_string(kLongestPsk) + " characters"};
    }
    const std::string_view notation = text.substr(0, 2);
    if (notation == "0x" || notation == "0X") return decode_hex(text.substr(2));
    if (notation == "0s" || notation == "0S") return decode_base64(text.substr(2));
    return crypto::Secret(as_bytes(text));
}

Parsed<crypto::Secret> read_password_file(const std::string& path) {
    const Parsed<crypto::Secret> content = read_private_file(path, kLongestPsk + 2);
    if (!content) return Failure{content.error()};
    std::string_view line = text_of(*content);
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return Failure{quoted(path) + " is empty"};
    if (line.find_first_of(std::string_view("\n\0", 2)) != std::string_view::npos) {
        return Failure{quoted(path) +
                       " has more than one line; it must hold the key alone (a binary key as 0x... or 0s...)"};
    }
    return crypto::Secret(as_bytes(line));
}

Parsed<crypto::Secret> read_psk_file(const std::string& path) {
    const Parsed<crypto::Secret> line = read_password_file(path);
    if (!line) return Failure{line.error()};
    Parsed<crypto::Secret> key = decode_psk(text_of(*line));
    if (!key) return Failure{quoted(path) + ": " + key.error()};
    return key;
}

Parsed<crypto::Secret> read_psk_env(const std::string& variable) {
    const char* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    if (value == nullptr) return Failure{"the environment has no variable " + quoted(variable)};
    Parsed<crypto::Secret> key = decode_psk(value);
    if (!key) return Failure{"environment variable " + quoted(variable) + ": " + key.error()};
    return key;
}

}  // namespace esplane::config
