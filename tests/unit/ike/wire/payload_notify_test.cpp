#include <catch2/catch.hpp>

#include "ike/wire/caps.h"
#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

Result<Payloads, ParseError> parse_one(PayloadType type, std::string_view hex) {
    return parse_payloads(type, samples::payload(PayloadType::kNone, from_hex(hex)));
}

std::optional<ParseErrorKind> error_of(PayloadType type, std::string_view hex) {
    const auto parsed = parse_one(type, hex);
    return parsed.ok() ? std::nullopt : std::optional(parsed.error().kind);
}

TEST_CASE("A notify is read with its SPI and data") {
    const auto parsed = parse_one(PayloadType::kNotify, "03044009 01020304 aabbcc");
    REQUIRE(parsed.ok());
    const Notify expected{ProtocolId::kEsp, {1, 2, 3, 4}, 16393, {0xaa, 0xbb, 0xcc}};
    CHECK(parsed->notifies == std::vector{expected});
    CHECK(parsed->notifies.front().is(NotifyType::kRekeySa));
}

TEST_CASE("A notify's SPI lies within it") {
    CHECK(error_of(PayloadType::kNotify, "000040") == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kNotify, "00004000") == std::nullopt);
    CHECK(error_of(PayloadType::kNotify, "00014000") == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kNotify, "00ff4000 01") == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kNotify, "00014000 01") == std::nullopt);
}

TEST_CASE("All notify types pass through unchanged") {
    Header header;
    header.spi_i = IkeSpi{1};
    for (unsigned type = 0; type < 65536; ++type) {
        Payloads payloads;
        payloads.notifies = {{ProtocolId::kNone, {}, static_cast<std::uint16_t>(type), {1}}};
        const Bytes message = build_message(header, payloads);
        const auto parsed = parse_payloads(PayloadType::kNotify, ByteView(message).subspan(kHeaderLength));
        if (!parsed.ok() || !(*parsed == payloads)) FAIL("type " << type);
    }
}

TEST_CASE("A cookie is of 1 to 64 octets") {
    for (std::size_t length = 0; length < 100; ++length) {
        INFO("length " << length);
        Bytes body = from_hex("00004006");
        append(body, Bytes(length));
        const auto parsed = parse_payloads(PayloadType::kNotify, samples::payload(PayloadType::kNone, body));
        CHECK(parsed.ok() == (length >= kMinCookieLength && length <= kMaxCookieLength));
    }
}

TEST_CASE("A Delete names SPIs of four octets, or the IKE SA") {
    CHECK(parse_one(PayloadType::kDelete, "01000000")->deletes == std::vector{Delete{ProtocolId::kIke, {}}});
    CHECK(parse_one(PayloadType::kDelete, "03040002 00000100 ffffffff")->deletes ==
          std::vector{Delete{ProtocolId::kEsp, {256, 0xffffffff}}});
    CHECK(parse_one(PayloadType::kDelete, "02040001 00000100")->deletes == std::vector{Delete{ProtocolId::kAh, {256}}});
    CHECK(parse_one(PayloadType::kDelete, "03040000")->deletes == std::vector{Delete{ProtocolId::kEsp, {}}});
}

TEST_CASE("A Delete that contradicts itself is refused") {
    struct Case {
        std::string_view name;
        std::string_view body;
        ParseErrorKind kind;
    };
    const Case cases[] = {
        {"too short", "030400", ParseErrorKind::kTruncated},
        {"no protocol", "00000000", ParseErrorKind::kBadValue},
        {"unknown protocol", "04040000", ParseErrorKind::kBadValue},
        {"IKE with SPI size 8", "01080001 0102030405060708", ParseErrorKind::kBadValue},
        {"IKE with a count", "01000001", ParseErrorKind::kBadValue},
        {"IKE with octets behind", "01000000 00", ParseErrorKind::kBadLength},
        {"ESP with SPI size 0", "03000001", ParseErrorKind::kBadValue},
        {"ESP with SPI size 8", "03080001 0102030405060708", ParseErrorKind::kBadValue},
        {"one said, none there", "03040001", ParseErrorKind::kBadLength},
        {"one said, two there", "03040001 00000100 00000101", ParseErrorKind::kBadLength},
        {"one said, half there", "03040001 0000", ParseErrorKind::kBadLength},
        {"as many as can be said", "0304ffff 00000100", ParseErrorKind::kBadValue},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        CHECK(error_of(PayloadType::kDelete, each.body) == each.kind);
    }
}

TEST_CASE("The SPIs of a Delete are capped") {
    for (const std::size_t count : {kMaxDeletedSpis - 1, kMaxDeletedSpis, kMaxDeletedSpis + 1}) {
        Bytes body{3, 4, static_cast<std::uint8_t>(count >> 8), static_cast<std::uint8_t>(count)};
        append(body, Bytes(4 * count));
        const auto parsed = parse_payloads(PayloadType::kDelete, samples::payload(PayloadType::kNone, body));
        REQUIRE(parsed.ok() == (count <= kMaxDeletedSpis));
        if (parsed.ok()) CHECK(parsed->deletes.front().spis.size() == count);
    }
}

}  // namespace
}  // namespace esplane::ike::wire
