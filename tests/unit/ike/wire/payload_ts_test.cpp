#include <catch2/catch.hpp>

#include "ike/wire/caps.h"
#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

constexpr std::string_view kIpv4 = "07000010 0000ffff 0a000000 0a0000ff";
constexpr std::string_view kIpv6 =
    "08060028 01bb01bb 20010db8000000000000000000000000 20010db80000000000000000000000ff";

Result<Payloads, ParseError> parse_ts_payload(const std::string& hex) {
    return parse_payloads(PayloadType::kTsi, samples::payload(PayloadType::kNone, from_hex(hex)));
}

TEST_CASE("Ranges of both families are read with protocol and ports") {
    const auto parsed = parse_ts_payload("02000000" + std::string(kIpv4) + std::string(kIpv6));
    REQUIRE(parsed.ok());
    const auto& entries = parsed->ts_i->entries;
    REQUIRE(entries.size() == 2);
    CHECK(parsed->ts_i->skipped == 0);
    CHECK(entries[0] == samples::selector("10.0.0.0", "10.0.0.255"));
    auto https = samples::selector("2001:db8::", "2001:db8::ff");
    https.protocol = 6;
    https.first_port = https.last_port = 443;
    CHECK(entries[1] == https);
}

TEST_CASE("Selectors that are not ranges of addresses and ports are skipped and counted") {
    struct Case {
        std::string_view name;
        std::string body;
        std::size_t entries;
        std::size_t skipped;
    };
    const std::string ipv4(kIpv4);
    const Case cases[] = {
        {"Fibre Channel", "02000000 0900000c 0000000000000000" + ipv4, 1, 1},
        {"unknown and empty", "02000000 ff000004" + ipv4, 1, 1},
        {"nothing but unknown", "01000000 0a000004", 0, 1},
        {"OPAQUE ports", "02000000 07060010 ffff0000 0a000000 0a0000ff" + ipv4, 1, 1},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const auto parsed = parse_ts_payload(each.body);
        REQUIRE(parsed.ok());
        CHECK(parsed->ts_i->entries.size() == each.entries);
        CHECK(parsed->ts_i->skipped == each.skipped);
    }
}

TEST_CASE("A TS payload that contradicts itself is refused") {
    struct Case {
        std::string_view name;
        std::string body;
        ParseErrorKind kind;
    };
    const std::string ipv4(kIpv4);
    const Case cases[] = {
        {"too short", "010000", ParseErrorKind::kTruncated},
        {"no selector", "00000000", ParseErrorKind::kBadValue},
        {"no selector said, one there", "00000000" + ipv4, ParseErrorKind::kBadValue},
        {"two said, one there", "02000000" + ipv4, ParseErrorKind::kTruncated},
        {"one said, two there", "01000000" + ipv4 + ipv4, ParseErrorKind::kBadLength},
        {"255 said, one there", "ff000000" + ipv4, ParseErrorKind::kTruncated},
        {"length 0", "01000000 07000000 0000ffff 0a000000 0a0000ff", ParseErrorKind::kBadLength},
        {"length 3", "01000000 07000003 0000ffff 0a000000 0a0000ff", ParseErrorKind::kBadLength},
        {"IPv4 one short", "01000000 0700000f 0000ffff 0a000000 0a0000", ParseErrorKind::kBadLength},
        {"IPv4 one long", "01000000 07000011 0000ffff 0a000000 0a0000ff 00", ParseErrorKind::kBadLength},
        {"IPv6 of IPv4's length", "01000000 08000010 0000ffff 0a000000 0a0000ff", ParseErrorKind::kBadLength},
        {"beyond the payload", "01000000 07000011 0000ffff 0a000000 0a0000ff", ParseErrorKind::kTruncated},
        {"range upside down", "01000000 07000010 0000ffff 0a000001 0a000000", ParseErrorKind::kBadValue},
        {"ports upside down", "01000000 07060010 00020001 0a000000 0a0000ff", ParseErrorKind::kBadValue},
        {"almost OPAQUE", "01000000 07060010 ffff0001 0a000000 0a0000ff", ParseErrorKind::kBadValue},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const auto parsed = parse_ts_payload(each.body);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().kind == each.kind);
    }
}

TEST_CASE("A TS payload carries up to 255 selectors; of more the first are sent") {
    for (const std::size_t count : {kMaxSelectors - 1, kMaxSelectors, kMaxSelectors + 1}) {
        Payloads payloads;
        payloads.ts_i.emplace();
        for (std::size_t i = 0; i < count; ++i) {
            const auto address = IpAddress::v4(static_cast<std::uint32_t>(0x0a000000 + i));
            payloads.ts_i->entries.push_back({.first = address, .last = address});
        }
        Header header;
        header.spi_i = IkeSpi{1};
        const Bytes message = build_message(header, payloads);
        const auto parsed = parse_payloads(PayloadType::kTsi, ByteView(message).subspan(kHeaderLength));
        REQUIRE(parsed.ok());
        payloads.ts_i->entries.resize(std::min(count, kMaxSelectors));
        CHECK(*parsed == payloads);
    }
}

}  // namespace
}  // namespace esplane::ike::wire
