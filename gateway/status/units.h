// Numbers as people and programs read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace esplane::gateway {

/// "2025-01-31T23:59:59Z".
std::string iso_time(std::chrono::system_clock::time_point at);
/// The inverse; empty when it is not such a text.
std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text);

/// The two largest units: "3d 4h", "1h 12m", "41s"; "0s" for what is less than a second or negative.
std::string duration_text(std::chrono::seconds duration);
/// Decimal units, as the configuration's: "999 B", "1.2 MB".
std::string size_text(std::uint64_t octets);
/// "1 packet", "12,345 packets".
std::string count_text(std::uint64_t count, std::string_view singular);
/// Lower case, padded with zeros to `digits`.
std::string hexadecimal(std::uint64_t number, int digits);

}  // namespace esplane::gateway
