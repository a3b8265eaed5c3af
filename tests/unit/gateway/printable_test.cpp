#include "gateway/printable.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"

namespace esplane::gateway {
namespace {

using namespace std::string_literals;

TEST_CASE("printable escapes what a terminal or a log would obey") {
    const std::pair<std::string, std::string> rows[] = {
        {"", ""},
        {"plain text, 100 %", "plain text, 100 %"},
        {"back\\slash", "back\\slash"},
        {"line\nbreak\r\t", "line\\x0abreak\\x0d\\x09"},
        {"\x1b[2J", "\\x1b[2J"},
        {"nul\0byte"s, "nul\\x00byte"},
        {"\x7f", "\\x7f"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"\xe2\x82\xac \xf0\x9f\x99\x82", "\xe2\x82\xac \xf0\x9f\x99\x82"},
        {"\xc2\x9b"
         "31m",
         "\\xc2\\x9b31m"},  // CSI as one C1 control
        {"\xe2\x80\xae"
         "abc",
         "\\xe2\\x80\\xae"
         "abc"},  // right-to-left override
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc3", "\\xc3"},  // cut short
        {"\xe2\x82", "\\xe2\\x82"},
        {"\xc0\xaf", "\\xc0\\xaf"},  // overlong "/"
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // surrogate
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond Unicode
    };
    for (const auto& [text, expected] : rows) {
        CHECK(printable(text) == expected);
    }
}

TEST_CASE("printable never lets a control octet through, whatever comes") {
    const std::uint64_t seed = Catch::rngSeed();
    CAPTURE(seed);
    crypto::SeededRandom random(seed);
    for (int round = 0; round < 2000; ++round) {
        const Bytes octets = random.bytes(random.below(40));
        const std::string text = printable({reinterpret_cast<const char*>(octets.data()), octets.size()});
        for (const char each : text) {
            REQUIRE(static_cast<std::uint8_t>(each) >= 0x20);
            REQUIRE(each != 0x7f);
        }
        REQUIRE(printable(text) == text);
    }
}

}  // namespace
}  // namespace esplane::gateway
