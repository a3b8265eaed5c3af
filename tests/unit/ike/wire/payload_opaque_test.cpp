#include <catch2/catch.hpp>

#include "ike/wire/caps.h"
#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

Result<Payloads, ParseError> parse_one(PayloadType type, ByteView body) {
    return parse_payloads(type, samples::payload(PayloadType::kNone, body));
}

std::optional<ParseErrorKind> error_of(PayloadType type, std::size_t body_length) {
    const auto parsed = parse_one(type, Bytes(body_length, 1));
    return parsed.ok() ? std::nullopt : std::optional(parsed.error().kind);
}

TEST_CASE("KE, ID and AUTH are read; their reserved octets are ignored") {
    CHECK(parse_one(PayloadType::kKe, from_hex("0013ffff aabb"))->ke == Ke{19, {0xaa, 0xbb}});
    CHECK(parse_one(PayloadType::kIdi, from_hex("02ffffff 676f"))->id_i == Id{2, {'g', 'o'}});
    CHECK(parse_one(PayloadType::kIdr, from_hex("01000000 c0000201"))->id_r == Id{1, {192, 0, 2, 1}});
    CHECK(parse_one(PayloadType::kAuth, from_hex("02ffffff 0102"))->auth == Auth{2, {1, 2}});
}

TEST_CASE("KE holds a public value, of any length but none") {
    CHECK(error_of(PayloadType::kKe, 3) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kKe, 4) == ParseErrorKind::kBadValue);
    CHECK(error_of(PayloadType::kKe, 5) == std::nullopt);
    CHECK(error_of(PayloadType::kKe, 65531) == std::nullopt);
}

TEST_CASE("An identity is capped") {
    CHECK(error_of(PayloadType::kIdi, 3) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kIdi, 4) == std::nullopt);
    CHECK(error_of(PayloadType::kIdr, 4 + kMaxIdLength - 1) == std::nullopt);
    CHECK(error_of(PayloadType::kIdr, 4 + kMaxIdLength) == std::nullopt);
    CHECK(error_of(PayloadType::kIdr, 4 + kMaxIdLength + 1) == ParseErrorKind::kBadValue);
}

TEST_CASE("AUTH has a method") {
    CHECK(error_of(PayloadType::kAuth, 3) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kAuth, 4) == std::nullopt);
}

TEST_CASE("A nonce is of 16 to 256 octets") {
    for (std::size_t length = 0; length < 300; ++length) {
        INFO("length " << length);
        const bool is_legal = length >= 16 && length <= 256;
        CHECK(error_of(PayloadType::kNonce, length) ==
              (is_legal ? std::nullopt : std::optional(ParseErrorKind::kBadValue)));
    }
}

}  // namespace
}  // namespace esplane::ike::wire
