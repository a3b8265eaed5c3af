#include <catch2/catch.hpp>

#include "ike/wire/caps.h"
#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

using samples::payload;

std::optional<ParseErrorKind> error_of(PayloadType first, ByteView chain) {
    const auto parsed = parse_payloads(first, chain);
    return parsed.ok() ? std::nullopt : std::optional(parsed.error().kind);
}

Header header_of(ExchangeType exchange) {
    Header header;
    header.spi_i = IkeSpi{1};
    header.exchange = exchange;
    return header;
}

/// Behind the header of a message that we built.
Result<Payloads, ParseError> parse_built(const Bytes& message) {
    const auto header = parse_header(message);
    REQUIRE(header.ok());
    return parse_payloads(header->first_payload, ByteView(message).subspan(kHeaderLength));
}

/// The types in the order sent; a notify as its own type number.
std::vector<int> order_of(ExchangeType exchange, const Payloads& payloads) {
    const Bytes message = build_message(header_of(exchange), payloads);
    std::vector<int> order;
    int type = message[16];
    for (std::size_t at = kHeaderLength; type != 0;) {
        order.push_back(type == 41 ? load_be<std::uint16_t>(&message[at + 6]) : type);
        type = message[at];
        at += load_be<std::uint16_t>(&message[at + 2]);
    }
    return order;
}

/// The least body that parses as each type that we know; empty where any will do.
Bytes least_body(PayloadType type) {
    switch (type) {
        case PayloadType::kSa:
            return from_hex("00000008 01010000");
        case PayloadType::kKe:
            return from_hex("00130000 01");
        case PayloadType::kNonce:
            return Bytes(16);
        case PayloadType::kCert:
        case PayloadType::kCertReq:
            return from_hex("04");
        case PayloadType::kIdi:
        case PayloadType::kIdr:
        case PayloadType::kAuth:
        case PayloadType::kNotify:
        case PayloadType::kCp:
            return Bytes(4);
        case PayloadType::kDelete:
            return from_hex("01000000");
        case PayloadType::kTsi:
        case PayloadType::kTsr:
            return from_hex("01000000 07000010 0000ffff 0a000000 0a0000ff");
        default:
            return {};
    }
}

bool is_singleton(PayloadType type) {
    switch (type) {
        case PayloadType::kSa:
        case PayloadType::kKe:
        case PayloadType::kIdi:
        case PayloadType::kIdr:
        case PayloadType::kAuth:
        case PayloadType::kNonce:
        case PayloadType::kTsi:
        case PayloadType::kTsr:
        case PayloadType::kCp:
        case PayloadType::kEap:
            return true;
        default:
            return false;
    }
}

bool is_known(int type) {
    return type >= 33 && type <= 48;
}

TEST_CASE("Every payload type parses, is skipped, or is refused, and a critical one that is unknown is named") {
    for (int number = 1; number < 256; ++number) {
        const PayloadType type{static_cast<std::uint8_t>(number)};
        const bool is_encrypted = type == PayloadType::kSk || type == PayloadType::kSkf;
        for (const bool critical : {false, true}) {
            INFO("type " << number << " critical " << critical);
            const auto parsed = parse_payloads(type, payload(PayloadType::kNone, least_body(type), critical));
            REQUIRE(parsed.ok() == !is_encrypted);
            if (is_encrypted) continue;
            // RFC 7296 2.5: the flag is for types that the recipient does not know.
            const bool refused = critical && !is_known(number);
            CHECK(parsed->unknown_critical ==
                  (refused ? std::optional(static_cast<std::uint8_t>(number)) : std::nullopt));
        }
    }
}

TEST_CASE("Only the first unknown critical payload is named, and what follows it is still read") {
    Bytes chain = payload(PayloadType{200}, {}, true);
    append(chain, payload(PayloadType::kNonce, from_hex("0102"), true));
    append(chain, payload(PayloadType::kNone, Bytes(16)));
    const auto parsed = parse_payloads(PayloadType{199}, chain);
    REQUIRE(parsed.ok());
    CHECK(parsed->unknown_critical == std::uint8_t{199});
    CHECK(parsed->nonce == Bytes(16));
}

TEST_CASE("A payload that may stand once is refused the second time") {
    for (int number = 33; number <= 48; ++number) {
        const PayloadType type{static_cast<std::uint8_t>(number)};
        if (type == PayloadType::kSk) continue;
        INFO("type " << number);
        const auto error = error_of(type, samples::repeat(type, least_body(type), 2));
        CHECK(error == (is_singleton(type) ? std::optional(ParseErrorKind::kDuplicate) : std::nullopt));
    }
}

TEST_CASE("Certificates and requests for them are kept as they stand, in order, a few of each") {
    for (const PayloadType type : {PayloadType::kCert, PayloadType::kCertReq}) {
        const auto list = [type](const Payloads& payloads) {
            return type == PayloadType::kCert ? payloads.certs : payloads.cert_requests;
        };
        Bytes chain = payload(type, from_hex("04aabb"));
        append(chain, payload(PayloadType::kNone, from_hex("ff")));
        CHECK(list(*parse_payloads(type, chain)) == std::vector<Cert>{{4, from_hex("aabb")}, {0xff, {}}});
        CHECK(error_of(type, payload(PayloadType::kNone, {})) == ParseErrorKind::kTruncated);
        CHECK(error_of(type, samples::repeat(type, from_hex("04"), 16)) == std::nullopt);
        CHECK(error_of(type, samples::repeat(type, from_hex("04"), 17)) == ParseErrorKind::kBadValue);
    }
}

TEST_CASE("Certificates stand behind the identity that they are of") {
    Payloads request;
    request.id_i = Id{2, from_hex("61")};
    request.id_r = Id{2, from_hex("62")};
    request.certs = {{4, from_hex("01")}, {4, from_hex("02")}};
    request.cert_requests = {{4, Bytes(20)}};
    request.auth = Auth{14, from_hex("03")};
    Payloads response = request;
    response.id_i.reset();
    response.cert_requests.clear();
    using Types = std::vector<int>;
    CHECK(order_of(ExchangeType::kIkeAuth, request) == Types{35, 37, 37, 38, 36, 39});
    CHECK(order_of(ExchangeType::kIkeAuth, response) == Types{36, 37, 37, 39});
    Payloads init;
    init.nonce = Bytes(16);
    init.notifies = {samples::notify(NotifyType::kNatDetectionSourceIp)};
    init.cert_requests = {{4, Bytes(20)}};
    CHECK(order_of(ExchangeType::kIkeSaInit, init) == Types{40, 16388, 38});
}

TEST_CASE("EAP is handed on, its content is not looked at") {
    for (const Bytes& packet : {Bytes{}, from_hex("ff"), from_hex("0101000501")})
        CHECK(parse_payloads(PayloadType::kEap, payload(PayloadType::kNone, packet))->eap == packet);
    Payloads round;
    round.eap = from_hex("0101000501");
    CHECK(order_of(ExchangeType::kIkeAuth, round) == std::vector<int>{48});
    round.id_r = Id{2, from_hex("62")};
    round.auth = Auth{14, from_hex("03")};
    CHECK(order_of(ExchangeType::kIkeAuth, round) == std::vector<int>{36, 39, 48});
}

TEST_CASE("Lengths of payloads are held against what is there") {
    CHECK(error_of(PayloadType::kNone, {}) == std::nullopt);
    CHECK(error_of(PayloadType::kNone, from_hex("00")) == ParseErrorKind::kBadLength);
    CHECK(error_of(PayloadType::kNonce, {}) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kVendorId, from_hex("000000")) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kVendorId, from_hex("00000003")) == ParseErrorKind::kBadLength);
    CHECK(error_of(PayloadType::kVendorId, from_hex("00000000")) == ParseErrorKind::kBadLength);
    CHECK(error_of(PayloadType::kVendorId, from_hex("00000004")) == std::nullopt);
    CHECK(error_of(PayloadType::kVendorId, from_hex("00000005")) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kVendorId, from_hex("0000ffff 00")) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType::kVendorId, from_hex("00000004 00")) == ParseErrorKind::kBadLength);
    CHECK(error_of(PayloadType::kVendorId, from_hex("2b000004")) == ParseErrorKind::kTruncated);
    CHECK(error_of(PayloadType{99}, from_hex("00000003")) == ParseErrorKind::kBadLength);
}

TEST_CASE("The reserved bits beside the critical flag are ignored") {
    CHECK(error_of(PayloadType{99}, from_hex("007f0004")) == std::nullopt);
    CHECK_FALSE(parse_payloads(PayloadType{99}, from_hex("007f0004"))->unknown_critical.has_value());
}

TEST_CASE("The number of payloads and of notifies is capped") {
    const auto error_at = [](PayloadType type, std::size_t count) {
        return error_of(type, samples::repeat(type, least_body(type), count));
    };
    for (const PayloadType type : {PayloadType::kVendorId, PayloadType::kDelete, PayloadType{99}}) {
        CHECK(error_at(type, kMaxPayloads - 1) == std::nullopt);
        CHECK(error_at(type, kMaxPayloads) == std::nullopt);
        CHECK(error_at(type, kMaxPayloads + 1) == ParseErrorKind::kBadValue);
    }
    CHECK(error_at(PayloadType::kNotify, kMaxNotifies - 1) == std::nullopt);
    CHECK(error_at(PayloadType::kNotify, kMaxNotifies) == std::nullopt);
    CHECK(error_at(PayloadType::kNotify, kMaxNotifies + 1) == ParseErrorKind::kBadValue);
}

TEST_CASE("Payloads are sent in the order of RFC 7296 appendix C") {
    Payloads init = samples::init_request();
    init.notifies.push_back(samples::notify(NotifyType::kCookie, 8));
    CHECK(order_of(ExchangeType::kIkeSaInit, init) == std::vector{16390, 33, 34, 40, 16388, 16389, 43});

    Payloads auth = samples::auth_request();
    auth.notifies.push_back(samples::notify(NotifyType::kAdditionalTsPossible));
    auth.notifies.push_back(samples::notify(NotifyType::kUseTransportMode));
    CHECK(order_of(ExchangeType::kIkeAuth, auth) == std::vector{35, 16384, 36, 39, 16391, 33, 44, 45, 16386});

    Payloads child = samples::auth_request();
    child.id_i.reset();
    child.id_r.reset();
    child.auth.reset();
    child.nonce = Bytes(16);
    child.ke = Ke{19, Bytes(64)};
    child.notifies = {samples::notify(NotifyType::kRekeySa)};
    CHECK(order_of(ExchangeType::kCreateChildSa, child) == std::vector{16393, 33, 40, 34, 44, 45});

    Payloads information = samples::deletion();
    information.notifies = {samples::notify(NotifyType::kInvalidSelectors)};
    CHECK(order_of(ExchangeType::kInformational, information) == std::vector{39, 42, 42});
}

TEST_CASE("What is built is parsed again, whatever it holds") {
    const std::uint64_t seed = GENERATE(1, 2, 3);
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    for (int round = 0; round < 300; ++round) {
        const Payloads payloads = samples::random_payloads(random);
        const Bytes message = build_message(header_of(ExchangeType::kIkeAuth), payloads);
        const auto parsed = parse_built(message);
        INFO("round " << round << ": " << (parsed.ok() ? "" : parsed.error().what));
        REQUIRE(parsed.ok());
        CHECK(*parsed == payloads);
    }
}

TEST_CASE("Every truncation of a message is an error, with the length field as it was or adjusted") {
    for (const Payloads& payloads : {samples::init_request(), samples::auth_request(), samples::deletion()}) {
        const Bytes message = build_message(header_of(ExchangeType::kIkeAuth), payloads);
        const PayloadType first{message[16]};
        for (std::size_t length = 0; length < message.size(); ++length) {
            INFO("length " << length);
            Bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(length));
            CHECK_FALSE(parse_header(cut).ok());
            if (length < kHeaderLength) continue;
            CHECK_FALSE(parse_payloads(first, ByteView(cut).subspan(kHeaderLength)).ok());
        }
    }
}

TEST_CASE("A message with any one octet changed parses or is refused, and what parses is built and parsed again") {
    const std::uint64_t seed = 7;
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    std::size_t parsed_anyway = 0;
    std::size_t refused = 0;
    for (int round = 0; round < 40; ++round) {
        Bytes message = build_message(header_of(ExchangeType::kIkeAuth), samples::random_payloads(random));
        for (std::size_t at = kHeaderLength; at < message.size(); ++at) {
            const std::uint8_t before = std::exchange(message[at], static_cast<std::uint8_t>(random.below(256)));
            auto parsed = parse_built(message);
            message[at] = before;
            if (!parsed.ok()) {
                ++refused;
                continue;
            }
            ++parsed_anyway;
            // Selectors of which none was understood are nothing that a builder is given.
            if (parsed->ts_i && parsed->ts_i->entries.empty()) parsed->ts_i.reset();
            if (parsed->ts_r && parsed->ts_r->entries.empty()) parsed->ts_r.reset();
            const Bytes again = build_message(header_of(ExchangeType::kIkeAuth), *parsed);
            CHECK(parse_built(again).ok());
        }
    }
    CHECK(parsed_anyway > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("Errors name the payload and carry nothing of the peer's") {
    const auto parsed = parse_payloads(PayloadType{222}, from_hex("00000003"));
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().what == "type 222 payload: length");
    CHECK(parse_payloads(PayloadType::kTsr, from_hex("00000003")).error().what == "TSr payload: length");
    CHECK(parse_payloads(PayloadType::kEap, from_hex("00000003")).error().what == "EAP payload: length");
}

TEST_CASE("Notifies are found by type, and the first error among them") {
    Payloads payloads;
    CHECK(payloads.find(NotifyType::kCookie) == nullptr);
    CHECK(payloads.first_error() == nullptr);
    payloads.notifies = {samples::notify(NotifyType::kCookie, 1), samples::notify(NotifyType::kTsUnacceptable),
                         samples::notify(NotifyType::kCookie, 2), samples::notify(NotifyType::kInvalidSyntax)};
    REQUIRE(payloads.find(NotifyType::kCookie) != nullptr);
    CHECK(payloads.find(NotifyType::kCookie)->data.size() == 1);
    REQUIRE(payloads.first_error() != nullptr);
    CHECK(payloads.first_error()->is(NotifyType::kTsUnacceptable));
    Notify edge;
    edge.type = 16383;
    CHECK(edge.is_error());
    edge.type = 16384;
    CHECK_FALSE(edge.is_error());
}

}  // namespace
}  // namespace esplane::ike::wire
