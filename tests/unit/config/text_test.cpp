#include "config/text.h"

#include <catch2/catch.hpp>

namespace esplane::config {
namespace {

TEST_CASE("Text is UTF-8 without control characters") {
    const std::vector<std::string> good = {"", "a: b\r\nc:\td\n", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
                                           "\xef\xbf\xbd \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf"};
    for (const std::string& text : good)
        CHECK_FALSE(find_flaw(text));

    struct Bad {
        std::string text;
        Place place;
        std::string message;
    };
    const std::vector<Bad> bad = {
        {std::string("a\n\0b", 4), {2, 1}, "control character '\\x00' in the text"},
        {"a\n b\x04rest", {2, 3}, "control character '\\x04' in the text"},
        {"\x1b", {1, 1}, "control character '\\x1b' in the text"},
        {"ab\x7f", {1, 3}, "control character '\\x7f' in the text"},
        {"a\rb", {1, 2}, "a carriage return without a line feed; lines end in LF or CR LF"},
        {"a\r", {1, 2}, "a carriage return without a line feed; lines end in LF or CR LF"},
        {"\xff\xfe", {1, 1}, "octet '\\xff' is not UTF-8 text"},          // a UTF-16 byte order mark
        {"\xc3\xa4\xa4", {1, 3}, "octet '\\xa4' is not UTF-8 text"},      // a continuation alone
        {"\xc3", {1, 1}, "octet '\\xc3' is not UTF-8 text"},              // cut
        {"\xe2\x82", {1, 1}, "octet '\\xe2' is not UTF-8 text"},          // cut
        {"\xc0\xaf", {1, 1}, "octet '\\xc0' is not UTF-8 text"},          // a longer form than needed
        {"\xe0\x80\xaf", {1, 1}, "octet '\\xe0' is not UTF-8 text"},      // the same
        {"\xed\xa0\x80", {1, 1}, "octet '\\xed' is not UTF-8 text"},      // a surrogate
        {"\xf4\x90\x80\x80", {1, 1}, "octet '\\xf4' is not UTF-8 text"},  // beyond Unicode
        {"\n" + std::string(kMostIndicators + 1, '['), {2, 2'000'001}, "the configuration is too large from here on"},
        {std::string(kLargestFile + 1, ' '), {1, 1}, "the file is larger than 16 MiB"},
    };
    for (const Bad& test : bad) {
        const std::optional<Flaw> flaw = find_flaw(test.text);
        REQUIRE(flaw);
        CHECK(flaw->message == test.message);
        CHECK(flaw->place == test.place);
    }
}

}  // namespace
}  // namespace esplane::config
