#include "crypto/utf16.h"

#include <catch2/catch.hpp>
#include <string>

namespace esplane::crypto {
namespace {

TEST_CASE("Text of UTF-8 becomes UTF-16, least octet first") {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""},
        {"aZ~", "61005a007e00"},
        {"\xc2\x80\xdf\xbf", "8000ff07"},
        {"\xe0\xa0\x80\xef\xbf\xbd", "0008fdff"},
        {"\xf0\x9f\x94\x91", "3dd811dd"},
        {"\xf4\x8f\xbf\xbf", "ffdbffdf"},
        {std::string("a\0b", 3), "610000006200"},
    };
    for (const auto& [utf8, expected] : cases) {
        INFO(utf8);
        const auto made = to_utf16_le(utf8);
        REQUIRE(made.has_value());
        CHECK(to_hex(made->view()) == expected);
    }
}

TEST_CASE("What is not UTF-8 is no text") {
    const std::string cases[] = {
        "\x80",         "\xbf",         "\xc2",         "\xc2\x41", "\xc0\x80", "\xc1\xbf",         "\xe0\x80\x80",
        "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82", "a\xe2",    "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf0\x9f\x94", "\xf8\x88\x80", "\xff",
    };
    for (const std::string& text : cases) {
        INFO(to_hex(as_bytes(text)));
        CHECK_FALSE(to_utf16_le(text).has_value());
    }
}

}  // namespace
}  // namespace esplane::crypto
