#include "gateway/control/line_buffer.h"

#include <catch2/catch.hpp>
#include <vector>

namespace esplane::gateway::control {
namespace {

std::vector<std::string> all(LineBuffer& buffer) {
    std::vector<std::string> lines;
    while (auto line = buffer.next())
        lines.push_back(*line);
    return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("a line comes when its end does") {
    LineBuffer buffer(100);
    CHECK(all(buffer).empty());
    buffer.add("one");
    CHECK(all(buffer).empty());
    buffer.add("\ntwo\n\nthr");
    CHECK(all(buffer) == Lines{"one", "two", ""});
    buffer.add("ee\n");
    CHECK(all(buffer) == Lines{"three"});
    CHECK_FALSE(buffer.overflowed());
}

TEST_CASE("one octet at a time makes no difference") {
    LineBuffer buffer(100);
    Lines lines;
    for (const char octet : std::string("ab\n\ncde\n")) {
        buffer.add({&octet, 1});
        for (auto& line : all(buffer))
            lines.push_back(line);
    }
    CHECK(lines == Lines{"ab", "", "cde"});
}

TEST_CASE("a line may be as long as allowed and no longer") {
    SECTION("exactly") {
        LineBuffer buffer(4);
        buffer.add("1234\n");
        CHECK(all(buffer) == Lines{"1234"});
        CHECK_FALSE(buffer.overflowed());
    }
    SECTION("longer, with its end") {
        LineBuffer buffer(4);
        buffer.add("12345\nab\n");
        CHECK(all(buffer).empty());
        CHECK(buffer.overflowed());
    }
    SECTION("longer, without its end") {
        LineBuffer buffer(4);
        buffer.add("1234");
        CHECK_FALSE(buffer.next());
        CHECK_FALSE(buffer.overflowed());
        buffer.add("5");
        CHECK_FALSE(buffer.next());
        CHECK(buffer.overflowed());
        buffer.add("\nab\n");
        CHECK_FALSE(buffer.next());
    }
    SECTION("behind good ones") {
        LineBuffer buffer(4);
        buffer.add("ab\n12345");
        CHECK(all(buffer) == Lines{"ab"});
        CHECK(buffer.overflowed());
    }
}

}  // namespace
}  // namespace esplane::gateway::control
