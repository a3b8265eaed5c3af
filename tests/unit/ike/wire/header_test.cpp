#include <catch2/catch.hpp>

#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

// RFC 7296 3.1: SPIi, SPIr, next payload, version, exchange, flags, message ID, length.
constexpr std::string_view kRequest = "0102030405060708 1112131415161718 2e 20 25 08 00000005 0000001c";

Bytes with(Bytes octets, std::size_t at, std::uint8_t value) {
    octets.at(at) = value;
    return octets;
}

TEST_CASE("The header's fields are read from where RFC 7296 3.1 puts them") {
    const auto header = parse_header(from_hex(kRequest));
    REQUIRE(header.ok());
    CHECK(header->spi_i == IkeSpi{0x0102030405060708});
    CHECK(header->spi_r == IkeSpi{0x1112131415161718});
    CHECK(header->first_payload == PayloadType::kSk);
    CHECK(header->major_version == 2);
    CHECK(header->exchange == ExchangeType::kInformational);
    CHECK(header->from_initiator);
    CHECK_FALSE(header->is_response);
    CHECK(header->message_id == 5);
    CHECK(header->length == 28);
}

TEST_CASE("A header that contradicts itself or its datagram is refused") {
    const Bytes good = from_hex(kRequest);
    struct Case {
        std::string name;
        Bytes datagram;
        ParseErrorKind kind;
    };
    Bytes longer = good;
    longer.push_back(0);
    const Case cases[] = {
        {"empty", {}, ParseErrorKind::kTruncated},
        {"one octet short of a header", Bytes(good.begin(), good.end() - 1), ParseErrorKind::kTruncated},
        {"an octet behind the message", longer, ParseErrorKind::kBadLength},
        {"length beyond the datagram", with(good, 27, 29), ParseErrorKind::kBadLength},
        {"length below a header", with(good, 27, 27), ParseErrorKind::kBadLength},
        {"length with its highest bit set", with(good, 24, 0x80), ParseErrorKind::kBadLength},
        {"IKEv1", with(good, 17, 0x10), ParseErrorKind::kBadVersion},
        {"version 3", with(good, 17, 0x30), ParseErrorKind::kBadVersion},
        {"version 15", with(good, 17, 0xf0), ParseErrorKind::kBadVersion},
        {"no initiator's SPI", from_hex("0000000000000000 1112131415161718 2e202308 00000005 0000001c"),
         ParseErrorKind::kBadValue},
        {"no initiator's SPI in an answer", from_hex("0000000000000000 1112131415161718 2e202520 00000005 0000001c"),
         ParseErrorKind::kBadValue},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const auto header = parse_header(each.datagram);
        REQUIRE_FALSE(header.ok());
        CHECK(header.error().kind == each.kind);
        CHECK_FALSE(header.error().what.empty());
    }
}

TEST_CASE("A hint from a host that knows no IKE SA may be without an initiator's SPI") {
    CHECK(parse_header(from_hex("0000000000000000 0000000000000000 29202508 00000000 0000001c")).ok());
}

TEST_CASE("What RFC 7296 3.1 says to ignore in the header is ignored") {
    const Bytes good = from_hex(kRequest);
    CHECK(parse_header(with(good, 17, 0x2f)).ok());  // minor version
    const auto flags = parse_header(with(good, 19, 0xd7));
    REQUIRE(flags.ok());  // the Version flag and the reserved ones
    CHECK_FALSE(flags->from_initiator);
    CHECK_FALSE(flags->is_response);
    CHECK(parse_header(with(good, 18, 255)).ok());  // an exchange that the core must refuse, not the codec
}

TEST_CASE("A message of another version can still be answered") {
    const Bytes other = with(from_hex(kRequest), 17, 0x30);
    const auto header = peek_header(other);
    REQUIRE(header.has_value());
    CHECK(header->major_version == 3);
    CHECK(header->spi_i == IkeSpi{0x0102030405060708});
    CHECK(header->message_id == 5);
    CHECK_FALSE(peek_header(ByteView(other).first(27)).has_value());

    Header answer = *header;
    answer.is_response = true;
    Payloads payloads;
    payloads.notifies = {samples::notify(NotifyType::kInvalidMajorVersion, 1)};
    CHECK(parse_header(build_message(answer, payloads)).ok());  // in our version, not in theirs
}

TEST_CASE("A built header is read back") {
    for (const ExchangeType exchange : {ExchangeType::kIkeSaInit, ExchangeType::kIkeAuth, ExchangeType::kCreateChildSa,
                                        ExchangeType::kInformational}) {
        for (const int flags : {0, 1, 2, 3}) {
            Header header;
            header.spi_i = IkeSpi{0xa1a2a3a4a5a6a7a8};
            header.spi_r = IkeSpi{0xb1b2b3b4b5b6b7b8};
            header.exchange = exchange;
            header.from_initiator = (flags & 1) != 0;
            header.is_response = (flags & 2) != 0;
            header.message_id = 0xfffffffe;
            const auto back = parse_header(build_message(header, {}));
            REQUIRE(back.ok());
            CHECK(back->spi_i == header.spi_i);
            CHECK(back->spi_r == header.spi_r);
            CHECK(back->first_payload == PayloadType::kNone);
            CHECK(back->exchange == exchange);
            CHECK(back->from_initiator == header.from_initiator);
            CHECK(back->is_response == header.is_response);
            CHECK(back->message_id == header.message_id);
            CHECK(back->length == kHeaderLength);
        }
    }
}

}  // namespace
}  // namespace esplane::ike::wire
