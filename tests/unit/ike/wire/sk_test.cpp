#include <catch2/catch.hpp>

#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/ciphers.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

using crypto::Encr;
using crypto::EncrId;
using crypto::IntegId;
using crypto::SkCipher;
using samples::auth_header;
using samples::make_cipher;
using samples::make_ciphers;

constexpr std::size_t kTextOffset = kHeaderLength + 4;

Result<Payloads, ParseError> open(const Bytes& datagram, const SkCipher& cipher) {
    const auto header = parse_header(datagram);
    if (!header.ok()) return Failure{header.error()};
    return open_message(*header, datagram, cipher);
}

std::optional<ParseErrorKind> error_of(const Bytes& datagram, const SkCipher& cipher) {
    const auto opened = open(datagram, cipher);
    return opened.ok() ? std::nullopt : std::optional(opened.error().kind);
}

/// A message around this very text (payloads, padding and pad length), sealed.
Bytes seal_text(PayloadType first_inner, Bytes text, const SkCipher& cipher) {
    Bytes message = build_message(auth_header(), {});
    message[16] = static_cast<std::uint8_t>(PayloadType::kSk);
    const std::size_t sk_length = 4 + cipher.iv_length() + text.size() + cipher.icv_length();
    append(message, Bytes{static_cast<std::uint8_t>(first_inner), 0, static_cast<std::uint8_t>(sk_length >> 8),
                          static_cast<std::uint8_t>(sk_length)});
    append(message, Bytes(cipher.iv_length(), 0x99));
    append(message, text);
    append(message, Bytes(cipher.icv_length()));
    store_be(&message[24], static_cast<std::uint32_t>(message.size()));
    cipher.seal(message, kTextOffset);
    return message;
}

TEST_CASE("What is sealed is opened, under every cipher") {
    crypto::SeededRandom random(11);
    for (const auto& cipher : make_ciphers()) {
        for (const Payloads& payloads : {Payloads{}, samples::auth_request(), samples::deletion()}) {
            const Bytes message = seal_message(auth_header(), payloads, *cipher, 5, random);
            const auto opened = open(message, *cipher);
            REQUIRE(opened.ok());
            CHECK(*opened == payloads);
        }
    }
}

TEST_CASE("Random payloads survive sealing") {
    const std::uint64_t seed = 12;
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    const auto ciphers = make_ciphers();
    for (std::uint64_t round = 0; round < 200; ++round) {
        const SkCipher& cipher = *ciphers[round % ciphers.size()];
        const Payloads payloads = samples::random_payloads(random);
        const auto opened = open(seal_message(auth_header(), payloads, cipher, round, random), cipher);
        REQUIRE(opened.ok());
        CHECK(*opened == payloads);
    }
}

TEST_CASE("GCM takes the counter as its IV; CBC draws one, and pads to its block") {
    crypto::SeededRandom random(13);
    const auto gcm = make_cipher({EncrId::kAesGcm16, 128}, IntegId::kNone);
    const Bytes counted = seal_message(auth_header(), {}, *gcm, 0x0102030405060708, random);
    CHECK(to_hex(ByteView(counted).subspan(kTextOffset, 8)) == "0102030405060708");
    CHECK(counted.size() == kTextOffset + 8 + 1 + 16);  // one octet of pad length, RFC 5282 3

    const auto cbc = make_cipher({EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128);
    const Bytes first = seal_message(auth_header(), {}, *cbc, 7, random);
    const Bytes second = seal_message(auth_header(), {}, *cbc, 7, random);
    CHECK_FALSE(
        equal_constant_time(ByteView(first).subspan(kTextOffset, 16), ByteView(second).subspan(kTextOffset, 16)));
    for (std::size_t length = 0; length < 40; ++length) {
        Payloads payloads;
        payloads.vendor_ids = {Bytes(length)};
        const Bytes message = seal_message(auth_header(), payloads, *cbc, 0, random);
        const std::size_t text = message.size() - kTextOffset - 16 - 16;
        CHECK(text % 16 == 0);
        CHECK(text < 4 + length + 1 + 16);
        CHECK(*open(message, *cbc) == payloads);
    }
}

TEST_CASE("Every changed bit of a sealed message is noticed") {
    crypto::SeededRandom random(14);
    for (const auto& cipher : make_ciphers()) {
        Bytes message = seal_message(auth_header(), samples::deletion(), *cipher, 1, random);
        for (std::size_t at = 0; at < message.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                message[at] ^= static_cast<std::uint8_t>(1 << bit);
                // The version's minor part and ignored flags, too: they are under the ICV.
                const auto error = error_of(message, *cipher);
                if (!error) FAIL("octet " << at << " bit " << bit);
                if (at >= kTextOffset) CHECK(error == ParseErrorKind::kBadIcv);
                message[at] ^= static_cast<std::uint8_t>(1 << bit);
            }
        }
        CHECK(error_of(message, *cipher) == std::nullopt);
    }
}

TEST_CASE("Every truncation of a sealed message is refused, with the lengths adjusted") {
    crypto::SeededRandom random(15);
    for (const auto& cipher : make_ciphers()) {
        const Bytes message = seal_message(auth_header(), samples::auth_request(), *cipher, 1, random);
        for (std::size_t length = 0; length < message.size(); ++length) {
            Bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(length));
            if (length >= kHeaderLength) store_be(&cut[24], static_cast<std::uint32_t>(length));
            if (length >= kTextOffset) store_be(&cut[30], static_cast<std::uint16_t>(length - kHeaderLength));
            const auto error = error_of(cut, *cipher);
            INFO("length " << length);
            if (length < kHeaderLength) {
                CHECK(error == ParseErrorKind::kTruncated);
            } else {
                CHECK(error == (length < kTextOffset ? ParseErrorKind::kMissingSk : ParseErrorKind::kBadIcv));
            }
        }
    }
}

TEST_CASE("A message without protection, or with anything beside the Encrypted payload, is not opened") {
    crypto::SeededRandom random(16);
    const auto cipher = make_cipher({EncrId::kAesGcm16, 256}, IntegId::kNone);
    CHECK(error_of(build_message(auth_header(), samples::auth_request()), *cipher) == ParseErrorKind::kMissingSk);
    CHECK(error_of(build_message(auth_header(), {}), *cipher) == ParseErrorKind::kMissingSk);

    const Bytes sealed = seal_message(auth_header(), {}, *cipher, 1, random);
    Bytes behind = sealed;  // a payload behind the Encrypted one
    append(behind, samples::payload(PayloadType::kNone, Bytes(16)));
    store_be(&behind[24], static_cast<std::uint32_t>(behind.size()));
    CHECK(error_of(behind, *cipher) == ParseErrorKind::kMissingSk);

    Bytes in_front = build_message(auth_header(), {});
    in_front[16] = static_cast<std::uint8_t>(PayloadType::kVendorId);
    append(in_front, samples::payload(PayloadType::kSk, {}));
    append(in_front, ByteView(sealed).subspan(kHeaderLength));
    store_be(&in_front[24], static_cast<std::uint32_t>(in_front.size()));
    CHECK(error_of(in_front, *cipher) == ParseErrorKind::kMissingSk);
}

TEST_CASE("The pad length must lie within the text, the padding's content means nothing") {
    for (const auto& cipher : make_ciphers()) {
        for (std::size_t length : {std::size_t{16}, std::size_t{64}, std::size_t{256}}) {
            for (int pad = 0; pad < 256; ++pad) {
                Bytes text(length, 0xee);
                text.back() = static_cast<std::uint8_t>(pad);
                const std::size_t rest = static_cast<std::size_t>(pad) + 1;
                std::optional<ParseErrorKind> expected = ParseErrorKind::kBadLength;  // also: no payload, octets left
                if (rest == length) expected = std::nullopt;
                const auto error = error_of(seal_text(PayloadType::kNone, text, *cipher), *cipher);
                if (error != expected) FAIL("length " << length << " pad " << pad);
            }
        }
    }
    const auto gcm = make_cipher({EncrId::kAesGcm16, 256}, IntegId::kNone);
    CHECK(error_of(seal_text(PayloadType::kNone, {}, *gcm), *gcm) == ParseErrorKind::kTruncated);
    CHECK(error_of(seal_text(PayloadType::kNone, {0}, *gcm), *gcm) == std::nullopt);
    CHECK(error_of(seal_text(PayloadType::kNone, {1}, *gcm), *gcm) == ParseErrorKind::kBadLength);
}

TEST_CASE("More padding than needed is accepted") {
    const auto cipher = make_cipher({EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128);
    Bytes text = samples::payload(PayloadType::kNone, Bytes(28, 0x31));
    append(text, Bytes(255, 0xaa));  // 15 would have done
    text.push_back(255);
    const auto opened = open(seal_text(PayloadType::kNonce, text, *cipher), *cipher);
    REQUIRE(opened.ok());
    CHECK(opened->nonce == Bytes(28, 0x31));
}

TEST_CASE("An Encrypted payload inside an Encrypted payload is refused") {
    const auto cipher = make_cipher({EncrId::kAesGcm16, 256}, IntegId::kNone);
    for (const PayloadType type : {PayloadType::kSk, PayloadType::kSkf}) {
        Bytes text = samples::payload(PayloadType::kNone, Bytes(40));
        text.push_back(0);
        CHECK(error_of(seal_text(type, text, *cipher), *cipher) == ParseErrorKind::kBadValue);
    }
}

TEST_CASE("Another key does not open a message") {
    crypto::SeededRandom random(17);
    for (const auto& [encr, integ] : {std::pair{Encr{EncrId::kAesGcm16, 256}, IntegId::kNone},
                                      std::pair{Encr{EncrId::kAesCbc, 128}, IntegId::kHmacSha512_256}}) {
        const auto ours = make_cipher(encr, integ, 1);
        const auto other = make_cipher(encr, integ, 2);
        const Bytes message = seal_message(auth_header(), samples::auth_request(), *ours, 1, random);
        CHECK(error_of(message, *ours) == std::nullopt);
        CHECK(error_of(message, *other) == ParseErrorKind::kBadIcv);
    }
}

}  // namespace
}  // namespace esplane::ike::wire
