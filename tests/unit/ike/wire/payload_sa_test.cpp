#include <catch2/catch.hpp>

#include "ike/wire/caps.h"
#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

Result<Payloads, ParseError> parse_sa_payload(ByteView body) {
    return parse_payloads(PayloadType::kSa, samples::payload(PayloadType::kNone, body));
}

Result<Payloads, ParseError> parse_sa_payload(std::string_view hex) {
    return parse_sa_payload(from_hex(hex));
}

Bytes structure(std::uint8_t marker, ByteView behind_length) {
    Bytes octets = samples::payload(PayloadType{marker}, behind_length);
    return octets;
}

Bytes proposal_of(std::uint8_t marker, ProtocolId protocol, ByteView spi, std::size_t transform_count) {
    Bytes rest{1, static_cast<std::uint8_t>(protocol), static_cast<std::uint8_t>(spi.size()),
               static_cast<std::uint8_t>(transform_count)};
    append(rest, spi);
    for (std::size_t i = 1; i <= transform_count; ++i) {
        append(rest, structure(i == transform_count ? 0 : 3, from_hex("04000013")));
    }
    return structure(marker, rest);
}

/// A proposal whose one transform is ENCR 12 with these attributes.
Result<Payloads, ParseError> parse_attributes(std::string_view attributes) {
    Bytes transform = from_hex("0100000c");
    append(transform, from_hex(attributes));
    Bytes rest = from_hex("01010001");
    append(rest, structure(0, transform));
    return parse_sa_payload(structure(0, rest));
}

TEST_CASE("An SA payload as RFC 7296 3.3 draws it is read") {
    const auto parsed = parse_sa_payload(
        "02000028 01010003"           // proposal 1, IKE, no SPI, three transforms
        "0300000c 01000014 800e0100"  // AES-GCM-16 of 256 bits
        "03000008 02000005"           // PRF HMAC-SHA-256
        "0000000c 04000013 80630001"  // ECP-256, with an attribute 99 that no one knows
        "00000014 02030401 01020304"  // proposal 2, ESP
        "00000008 05000000");         // no ESN
    REQUIRE(parsed.ok());
    const std::vector<Proposal> expected{
        {1,
         ProtocolId::kIke,
         {},
         {{TransformType::kEncr, 20, 256, false},
          {TransformType::kPrf, 5, std::nullopt, false},
          {TransformType::kDh, 19, std::nullopt, true}}},
        {2, ProtocolId::kEsp, {1, 2, 3, 4}, {{TransformType::kEsn, 0, std::nullopt, false}}},
    };
    CHECK(parsed->sa == expected);
}

TEST_CASE("Lengths and counters inside the SA payload must agree") {
    struct Case {
        std::string_view name;
        std::string_view body;
        ParseErrorKind kind;
    };
    const Case cases[] = {
        {"no proposal", "", ParseErrorKind::kTruncated},
        {"half a proposal", "00000008 0101", ParseErrorKind::kTruncated},
        {"proposal length 0", "00000000 01010000", ParseErrorKind::kBadLength},
        {"proposal length 7", "00000007 01010000", ParseErrorKind::kBadLength},
        {"proposal beyond the payload", "00000009 01010000", ParseErrorKind::kTruncated},
        {"more proposals said, none there", "02000008 01010000", ParseErrorKind::kBadValue},
        {"last proposal said, another there", "00000008 01010000 00000008 02010000", ParseErrorKind::kBadValue},
        {"unknown marker", "01000008 01010000", ParseErrorKind::kBadValue},
        {"one transform said, none there", "00000008 01010001", ParseErrorKind::kTruncated},
        {"no transform said, one there", "00000010 01010000 00000008 01000014", ParseErrorKind::kBadLength},
        {"two said, one there", "00000010 01010002 03000008 01000014", ParseErrorKind::kBadValue},
        {"transform length 0", "00000010 01010001 00000000 01000014", ParseErrorKind::kBadLength},
        {"transform length 7", "00000010 01010001 00000007 01000014", ParseErrorKind::kBadLength},
        {"transform beyond the proposal", "00000010 01010001 00000009 01000014", ParseErrorKind::kTruncated},
        {"SPI beyond the proposal", "0000000a 01010800 0102", ParseErrorKind::kTruncated},
        {"half an attribute", "00000012 01010001 0000000a 01000014 800e", ParseErrorKind::kTruncated},
        {"attribute value beyond", "00000015 01010001 0000000d 01000014 00630002 00", ParseErrorKind::kTruncated},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const auto parsed = parse_sa_payload(each.body);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().kind == each.kind);
    }
}

TEST_CASE("The SPI has the size of its protocol") {
    for (int protocol = 0; protocol < 256; ++protocol) {
        for (std::size_t size = 0; size < 20; ++size) {
            const bool is_ike = protocol == 1 && (size == 0 || size == 8);
            const bool is_ipsec = (protocol == 2 || protocol == 3) && size == 4;
            const bool is_unknown = protocol == 0 || protocol > 3;
            INFO("protocol " << protocol << " SPI size " << size);
            const Bytes body = proposal_of(0, ProtocolId{static_cast<std::uint8_t>(protocol)}, Bytes(size), 1);
            CHECK(parse_sa_payload(body).ok() == (is_ike || is_ipsec || is_unknown));
        }
    }
}

TEST_CASE("Proposals and transforms are capped") {
    for (const std::size_t count : {kMaxTransforms - 1, kMaxTransforms, kMaxTransforms + 1}) {
        const auto parsed = parse_sa_payload(proposal_of(0, ProtocolId::kIke, {}, count));
        CHECK(parsed.ok() == (count <= kMaxTransforms));
    }
    for (const std::size_t count : {kMaxProposals - 1, kMaxProposals, kMaxProposals + 1}) {
        Bytes body;
        for (std::size_t i = 1; i <= count; ++i) {
            append(body, proposal_of(i == count ? 0 : 2, ProtocolId::kIke, {}, 1));
        }
        CHECK(parse_sa_payload(body).ok() == (count <= kMaxProposals));
    }
}

TEST_CASE("Only one key length in the short format is understood") {
    struct Case {
        std::string_view attributes;
        std::optional<std::uint16_t> key_bits;
        bool unknown;
    };
    const Case cases[] = {
        {"", std::nullopt, false},
        {"800e0080", 128, false},
        {"800effff", 65535, false},
        {"800e0080 800e0100", 128, true},       // twice
        {"000e0002 0080", std::nullopt, true},  // in the long format, which 3.3.5 forbids for it
        {"800d0080", std::nullopt, true},
        {"00630000", std::nullopt, true},
        {"800e0100 00630003 010203", 256, true},
    };
    for (const Case& each : cases) {
        INFO("attributes " << each.attributes);
        const auto parsed = parse_attributes(each.attributes);
        REQUIRE(parsed.ok());
        const Transform& transform = parsed->sa->front().transforms.front();
        CHECK(transform.key_bits == each.key_bits);
        CHECK(transform.unknown_attribute == each.unknown);
    }
}

TEST_CASE("All transform types and identifiers pass through unchanged") {
    const auto passes = [](std::uint8_t type, std::uint16_t id) {
        Payloads payloads;
        payloads.sa = {{1, ProtocolId::kIke, {}, {{TransformType{type}, id, std::nullopt, false}}}};
        Header header;
        header.spi_i = IkeSpi{1};
        const Bytes message = build_message(header, payloads);
        const auto parsed = parse_payloads(PayloadType::kSa, ByteView(message).subspan(kHeaderLength));
        return parsed.ok() && *parsed == payloads;
    };
    for (unsigned type = 0; type < 256; ++type) {
        if (!passes(static_cast<std::uint8_t>(type), 12)) FAIL("type " << type);
    }
    for (unsigned id = 0; id < 65536; ++id) {
        if (!passes(4, static_cast<std::uint16_t>(id))) FAIL("id " << id);
    }
}

}  // namespace
}  // namespace esplane::ike::wire
