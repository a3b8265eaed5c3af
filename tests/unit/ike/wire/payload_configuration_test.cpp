#include <catch2/catch.hpp>

#include "ike/wire/caps.h"
#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

Result<Payloads, ParseError> parse_cp(const std::string& hex) {
    return parse_payloads(PayloadType::kCp, samples::payload(PayloadType::kNone, from_hex(hex)));
}

TEST_CASE("A request for an address, and its answer, are read attribute by attribute") {
    const auto request = parse_cp("01000000 00010000 80030000 00080000 0007000361626370000001ff");
    REQUIRE(request.ok());
    REQUIRE(request->configuration->is(ConfigType::kRequest));
    const auto& asked = request->configuration->attributes;
    REQUIRE(asked.size() == 5);
    CHECK(asked[0] == ConfigAttribute{1, {}});
    CHECK(asked[1] == ConfigAttribute{3, {}});  // the reserved bit is not part of the type
    CHECK(asked[2].is(ConfigAttributeType::kIp6Address));
    CHECK(asked[3] == ConfigAttribute{7, from_hex("616263")});
    CHECK(asked[4] == ConfigAttribute{0x7000, from_hex("ff")});

    const auto reply = parse_cp(
        "02ffffff 000100040a630005 00080011fd00009900000000000000000000000580 000d00080a010000ffff0000 "
        "000f0011fd00000100000000000000000000000040");
    REQUIRE(reply.ok());
    CHECK(reply->configuration->is(ConfigType::kReply));
    CHECK(reply->configuration->attributes[1].value.size() == 17);
    CHECK(reply->configuration->attributes[3].value.back() == 0x40);
}

TEST_CASE("A Configuration payload that contradicts itself is refused") {
    struct Case {
        std::string_view name;
        std::string body;
        ParseErrorKind kind;
    };
    const Case cases[] = {
        {"empty", "", ParseErrorKind::kTruncated},
        {"half a fixed part", "010000", ParseErrorKind::kTruncated},
        {"half an attribute", "01000000 000100", ParseErrorKind::kTruncated},
        {"a length beyond the payload", "01000000 000100040a6300", ParseErrorKind::kTruncated},
        {"three octets of an IPv4 address", "01000000 000100030a6300", ParseErrorKind::kBadLength},
        {"five octets of an IPv4 address", "01000000 000100050a63000100", ParseErrorKind::kBadLength},
        {"an IPv4 netmask of one octet", "01000000 0002000118", ParseErrorKind::kBadLength},
        {"an IPv6 address as an IPv4 DNS server", "01000000 00030010fd000099000000000000000000000005",
         ParseErrorKind::kBadLength},
        {"an IPv4 address as an IPv6 one", "01000000 000800040a630001", ParseErrorKind::kBadLength},
        {"an IPv4 subnet without its mask", "01000000 000d00040a010000", ParseErrorKind::kBadLength},
        {"an IPv6 subnet without its length", "01000000 000f0010fd000099000000000000000000000005",
         ParseErrorKind::kBadLength},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const auto parsed = parse_cp(each.body);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().kind == each.kind);
    }
}

TEST_CASE("The number of attributes is capped, and the payload may stand once") {
    const auto with = [](std::size_t count) {
        std::string body = "01000000";
        for (std::size_t i = 0; i < count; ++i)
            body += "00030000";
        return parse_cp(body);
    };
    CHECK(with(kMaxConfigAttributes).ok());
    REQUIRE_FALSE(with(kMaxConfigAttributes + 1).ok());
    CHECK(with(1000).error().kind == ParseErrorKind::kBadValue);
    const auto twice = parse_payloads(PayloadType::kCp, samples::repeat(PayloadType::kCp, from_hex("01000000"), 2));
    REQUIRE_FALSE(twice.ok());
    CHECK(twice.error().kind == ParseErrorKind::kDuplicate);
}

}  // namespace
}  // namespace esplane::ike::wire
