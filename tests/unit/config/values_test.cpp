#include "config/values.h"

#include <catch2/catch.hpp>
#include <limits>

namespace esplane::config {
namespace {

using namespace std::chrono_literals;

TEST_CASE("Durations are a number and a unit") {
    const std::vector<std::pair<std::string, Duration>> good = {{"0s", 0s},    {"0ms", 0ms},   {"500ms", 500ms},
                                                                {"90s", 90s},  {"007m", 7min}, {"8h", 8h},
                                                                {"30d", 720h}, {"720h", 720h}};
    for (const auto& [text, expected] : good) {
        INFO(text);
        const auto parsed = parse_duration(text, 0s, 720h);
        REQUIRE(parsed);
        CHECK(parsed.value() == expected);
    }
    for (const char* text :
         {"", "s", "1", "1x", "1 h", " 1h", "1h ", "+1h", "-1h", "1.5h", "1H", "1h30m", "0x1s", "721h", "31d",
          "18446744073709551616ms", "18446744073709551615d", "9223372036854775807h"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text, 0s, 720h));
    }
    CHECK_FALSE(parse_duration("9s", 10s, 20s));
    CHECK(parse_duration("10s", 10s, 20s));
    CHECK(parse_duration("20s", 10s, 20s));
    CHECK_FALSE(parse_duration("21s", 10s, 20s));
}

TEST_CASE("Durations are written in the largest unit that fits") {
    const std::vector<std::pair<Duration, std::string>> cases = {{0ms, "0s"},  {1ms, "1ms"}, {1000ms, "1s"},
                                                                 {90s, "90s"}, {180s, "3m"}, {3600s, "1h"},
                                                                 {24h, "1d"},  {25h, "25h"}};
    for (const auto& [duration, expected] : cases)
        CHECK(to_text(duration) == expected);
}

TEST_CASE("Numbers are decimal and in range") {
    for (const char* text :
         {"", "-1", "+1", "1.0", "0x1", " 1", "1 ", "11", "4294967297", "18446744073709551617", "one"}) {
        INFO(text);
        CHECK_FALSE(parse_number(text, 0, 10));
    }
    CHECK(parse_number("0", 0, 10).value() == 0);
    CHECK(parse_number("10", 0, 10).value() == 10);
    CHECK_FALSE(parse_number("4", 5, 10));
    CHECK(parse_number("4294967295", 0, std::numeric_limits<std::uint32_t>::max()).value() == 4294967295U);
    CHECK(parse_auto_or_number("auto", 5, 10).value() == std::nullopt);
    CHECK(parse_auto_or_number("5", 5, 10).value() == 5U);
    CHECK_FALSE(parse_auto_or_number("Auto", 5, 10));
}

TEST_CASE("Switches are yes and no") {
    for (const char* text : {"yes", "Yes", "true", "TRUE"})
        CHECK(parse_switch(text).value());
    for (const char* text : {"no", "NO", "false", "False"})
        CHECK_FALSE(parse_switch(text).value());
    for (const char* text : {"", "1", "0", "y", "on", "off", "yes "})
        CHECK_FALSE(parse_switch(text));
}

TEST_CASE("Prefixes have no host bits") {
    const std::vector<std::pair<std::string, std::string>> good = {
        {"10.0.0.0/16", "10.0.0.0/16"},    {"0.0.0.0/0", "0.0.0.0/0"},         {"192.0.2.1/32", "192.0.2.1/32"},
        {"192.0.2.1", "192.0.2.1/32"},     {"2001:db8::/32", "2001:db8::/32"}, {"::/0", "::/0"},
        {"2001:db8::1", "2001:db8::1/128"}};
    for (const auto& [text, expected] : good) {
        INFO(text);
        const auto prefix = parse_prefix(text);
        REQUIRE(prefix);
        CHECK(prefix.value() == Prefix::parse(expected));
    }
    struct Meant {
        const char* text;
        const char* prefix;
    };
    for (const Meant& meant :
         {Meant{"10.0.0.5/16", "10.0.0.0/16"}, Meant{"255.255.255.255/0", "0.0.0.0/0"},
          Meant{"10.128.0.0/8", "10.0.0.0/8"}, Meant{"192.0.2.255/31", "192.0.2.254/31"},
          Meant{"2001:db8:ffff::/33", "2001:db8:8000::/33"}, Meant{"2001:db8::1/127", "2001:db8::/127"}}) {
        CHECK(parse_prefix(meant.text).error() ==
              quoted(meant.text) + " has host bits set; did you mean " + quoted(meant.prefix) + "?");
    }
    for (const char* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8",
                             "::/129", "10.0.0.0/ 8", "any", "10.0.0.0/255.0.0.0"}) {
        INFO(text);
        CHECK_FALSE(parse_prefix(text));
    }
}

TEST_CASE("A choice is one of its words") {
    static constexpr Choice<int> kChoices[] = {{"auto", 1}, {"none", 2}};
    const auto parse = one_of(kChoices);
    CHECK(parse("auto").value() == 1);
    CHECK(parse("none").value() == 2);
    CHECK(parse("nome").error() == "'nome' is not accepted; did you mean 'none'? one of auto, none");
    CHECK(parse("").error() == "'' is not accepted; one of auto, none");
}

TEST_CASE("A size is a number with a decimal or binary unit") {
    constexpr std::uint64_t kMost = 1'000'000'000'000'000'000;
    for (const auto& [text, octets] :
         std::vector<std::pair<std::string, std::uint64_t>>{{"1B", 1},
                                                            {"7kB", 7'000},
                                                            {"7KB", 7'000},
                                                            {"500MB", 500'000'000},
                                                            {"10GB", 10'000'000'000},
                                                            {"1TB", 1'000'000'000'000},
                                                            {"1PB", 1'000'000'000'000'000},
                                                            {"2KiB", 2048},
                                                            {"3MiB", 3U << 20},
                                                            {"1GiB", 1U << 30},
                                                            {"1TiB", std::uint64_t{1} << 40},
                                                            {"1PiB", std::uint64_t{1} << 50},
                                                            {"1000PB", kMost}}) {
        INFO(text);
        const auto size = parse_size(text, 1, kMost);
        REQUIRE(size);
        CHECK(size.value() == octets);
    }
    const std::string range = " is out of range: 1MB to 10GB";
    const std::string none =
        " is not a size; write a number and kB, MB, GB, TB, or KiB, MiB, GiB, TiB, such as 500MB or 1TiB";
    for (const auto& [text, problem] : std::vector<std::pair<std::string, std::string>>{
             {"10", "'10' has no unit; write kB, MB, GB, TB, or KiB, MiB, GiB, TiB behind the number"},
             {"999kB", "'999kB'" + range},
             {"11GB", "'11GB'" + range},
             {"10GiB", "'10GiB'" + range},
             {"99999999999999999999999GB", "'99999999999999999999999GB'" + range},
             {"18446744073709551615PB", "'18446744073709551615PB'" + range},
             {"GB", "'GB'" + none},
             {"", "''" + none},
             {"10gb", "'10gb'" + none},
             {"1.5GB", "'1.5GB'" + none},
             {"-1GB", "'-1GB'" + none}}) {
        INFO(text);
        const auto size = parse_size(text, 1'000'000, 10'000'000'000);
        REQUIRE_FALSE(size);
        CHECK(size.error() == problem);
    }
    CHECK(size_text(1024) == "1024B");
    CHECK(size_text(5'000'000) == "5MB");
}

TEST_CASE("A selector is a prefix, and perhaps a protocol and ports; it is shown as it is written") {
    for (const char* text : {"10.0.0.0/16", "10.0.0.0/16[tcp/443]", "10.0.0.0/16[udp]", "10.0.0.0/16[icmp]",
                             "::/0[icmpv6]", "10.0.0.0/16[tcp/1024-65535]", "10.0.0.0/16[47]", "10.0.0.1/32[udp/0]",
                             "2001:db8::/32[udp/53]", "10.0.0.0/8[icmp/2048]", "10.0.0.0/8[sctp/5000]"}) {
        const auto selector = parse_selector(text);
        INFO(text);
        REQUIRE(selector);
        CHECK(selector->to_string() == text);
    }
    CHECK(parse_selector("10.0.0.1[132]")->to_string() == "10.0.0.1/32[sctp]");
    CHECK(parse_selector("10.0.0.0/8[6]")->to_string() == "10.0.0.0/8[tcp]");
    CHECK(parse_selector("10.0.0.0/8[tcp/0-65535]")->to_string() == "10.0.0.0/8[tcp]");
    CHECK(parse_selector("10.0.0.0/8[tcp/80-80]")->to_string() == "10.0.0.0/8[tcp/80]");
}

TEST_CASE("A selector that is none is refused with what is accepted") {
    const std::string forms =
        "; write tcp, udp, icmp, icmpv6, sctp or a number, and a port or a range behind a slash: [tcp/443], "
        "[udp/1024-65535], [47]";
    const std::string port =
        " has no valid port behind the slash; 0 to 65535, or two of these as a range, are accepted";
    const std::string unknown = " names no protocol that is known here" + forms;
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"10.0.0.1/16[tcp]", "'10.0.0.1/16' has host bits set; did you mean '10.0.0.0/16'?"},
        {"[tcp]", "'' is not a prefix; write it as 10.0.0.0/16 or 2001:db8::/32"},
        {"10.0.0.0/16[tcp", "'10.0.0.0/16[tcp' lacks the closing bracket" + forms},
        {"10.0.0.0/16[tcp]x", "'10.0.0.0/16[tcp]x' lacks the closing bracket" + forms},
        {"10.0.0.0/16[]", "'10.0.0.0/16[]'" + unknown},
        {"10.0.0.0/16[http]", "'10.0.0.0/16[http]'" + unknown},
        {"10.0.0.0/16[TCP]", "'10.0.0.0/16[TCP]'" + unknown},
        {"10.0.0.0/16[0]", "'10.0.0.0/16[0]'" + unknown},
        {"10.0.0.0/16[256]", "'10.0.0.0/16[256]'" + unknown},
        {"10.0.0.0/16[any/53]", "'10.0.0.0/16[any/53]'" + unknown},
        {"10.0.0.0/16[tcp/]", "'10.0.0.0/16[tcp/]'" + port},
        {"10.0.0.0/16[tcp/65536]", "'10.0.0.0/16[tcp/65536]'" + port},
        {"10.0.0.0/16[tcp/9-5]", "'10.0.0.0/16[tcp/9-5]'" + port},
        {"10.0.0.0/16[tcp/http]", "'10.0.0.0/16[tcp/http]'" + port},
        {"10.0.0.0/16[tcp/5-]", "'10.0.0.0/16[tcp/5-]'" + port},
        {"10.0.0.0/16[47/5]", "'10.0.0.0/16[47/5]' has ports, but its protocol has none; leave them out"},
        {"10.0.0.0/16[icmpv6]", "'10.0.0.0/16[icmpv6]' mixes the families; write icmp"},
        {"::/0[icmp]", "'::/0[icmp]' mixes the families; write icmpv6"},
    };
    for (const auto& [text, problem] : cases) {
        INFO(text);
        const auto selector = parse_selector(text);
        REQUIRE_FALSE(selector);
        CHECK(selector.error() == problem);
    }
}

}  // namespace
}  // namespace esplane::config
