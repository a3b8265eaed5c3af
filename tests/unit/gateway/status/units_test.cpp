#include "gateway/status/units.h"

#include <catch2/catch.hpp>

namespace esplane::gateway {
namespace {

using namespace std::chrono_literals;

TEST_CASE("times are UTC and come back") {
    const auto at = std::chrono::system_clock::from_time_t(1'738'367'999);
    CHECK(iso_time(at) == "2025-01-31T23:59:59Z");
    CHECK(parse_iso_time("2025-01-31T23:59:59Z") == at);
    for (const char* bad : {"", "?", "2025-01-31", "2025-01-31T23:59:59", "2025-01-31T23:59:59Zx"}) {
        CHECK_FALSE(parse_iso_time(bad).has_value());
    }
}

TEST_CASE("durations show their two largest units") {
    const std::pair<std::chrono::seconds, const char*> rows[] = {
        {-5s, "0s"},      {0s, "0s"},          {59s, "59s"},   {60s, "1m"},       {61s, "1m 1s"},         {3600s, "1h"},
        {3661s, "1h 1m"}, {86399s, "23h 59m"}, {86400s, "1d"}, {90000s, "1d 1h"}, {86400s * 365, "365d"},
    };
    for (const auto& [duration, text] : rows)
        CHECK(duration_text(duration) == text);
}

TEST_CASE("sizes have one decimal and the right unit") {
    const std::pair<std::uint64_t, const char*> rows[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1234, "1.2 kB"},
        {999'949, "999.9 kB"},
        {999'950, "1.0 MB"},
        {12'345'678'901, "12.3 GB"},
        {UINT64_MAX, "18.4 EB"},
    };
    for (const auto& [octets, text] : rows)
        CHECK(size_text(octets) == text);
}

TEST_CASE("counts have separators and a plural") {
    CHECK(count_text(0, "packet") == "0 packets");
    CHECK(count_text(1, "packet") == "1 packet");
    CHECK(count_text(999, "packet") == "999 packets");
    CHECK(count_text(1000, "packet") == "1,000 packets");
    CHECK(count_text(1234567, "packet") == "1,234,567 packets");
}

TEST_CASE("hexadecimal keeps its zeros") {
    CHECK(hexadecimal(0x1a2b, 8) == "00001a2b");
    CHECK(hexadecimal(UINT64_MAX, 16) == "ffffffffffffffff");
}

}  // namespace
}  // namespace esplane::gateway
