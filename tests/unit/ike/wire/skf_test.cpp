#include <catch2/catch.hpp>

#include "ike/wire/codec.h"
#include "tests/unit/ike/wire/ciphers.h"
#include "tests/unit/ike/wire/samples.h"

namespace esplane::ike::wire {
namespace {

using crypto::SkCipher;

constexpr std::size_t kNumbers = kHeaderLength + 4;

Payloads long_payloads(std::size_t octets) {
    Payloads payloads;
    payloads.nonce = Bytes(32, 0x11);
    payloads.vendor_ids = {Bytes(octets, 0x22), Bytes(octets / 3, 0x33)};
    return payloads;
}

std::vector<Bytes> cut(const Payloads& payloads, const SkCipher& cipher, std::size_t longest) {
    crypto::SeededRandom random(21);
    std::uint64_t counter = 1;
    return seal_in_fragments(samples::auth_header(), payloads, cipher, counter, random, longest);
}

Result<Fragment, ParseError> open(const Bytes& datagram, const SkCipher& cipher) {
    const auto header = parse_header(datagram);
    if (!header.ok()) return Failure{header.error()};
    return open_fragment(*header, datagram, cipher);
}

std::optional<ParseErrorKind> error_of(const Bytes& datagram, const SkCipher& cipher) {
    const auto opened = open(datagram, cipher);
    return opened.ok() ? std::nullopt : std::optional(opened.error().kind);
}

TEST_CASE("Fragments are as long as they may be, numbered from one, and joined they are the message") {
    for (const auto& cipher : samples::make_ciphers()) {
        for (const std::size_t longest : {std::size_t{120}, std::size_t{576}, std::size_t{1228}, std::size_t{1248}}) {
            for (const std::size_t octets : {std::size_t{1300}, std::size_t{2500}, std::size_t{9000}}) {
                const Payloads payloads = long_payloads(octets);
                const auto datagrams = cut(payloads, *cipher, longest);
                REQUIRE(datagrams.size() > 1);
                Bytes text;
                for (std::size_t i = 0; i < datagrams.size(); ++i) {
                    CHECK(datagrams[i].size() <= longest);
                    if (i + 1 < datagrams.size()) CHECK(datagrams[i].size() + cipher->block_length() > longest);
                    const auto fragment = open(datagrams[i], *cipher);
                    REQUIRE(fragment.ok());
                    CHECK(fragment->number == i + 1);
                    CHECK(fragment->total == datagrams.size());
                    CHECK(fragment->first_payload == (i == 0 ? PayloadType::kNonce : PayloadType::kNone));
                    append(text, fragment->text);
                }
                const auto parsed = parse_payloads(PayloadType::kNonce, text);
                REQUIRE(parsed.ok());
                CHECK(*parsed == payloads);
            }
        }
    }
}

TEST_CASE("A message that fits one datagram is not cut, however closely it fits") {
    for (const auto& cipher : samples::make_ciphers()) {
        for (std::size_t octets = 900; octets < 940; ++octets) {
            const Payloads payloads = long_payloads(octets);
            crypto::SeededRandom random(22);
            const std::size_t whole = seal_message(samples::auth_header(), payloads, *cipher, 1, random).size();
            CHECK(cut(payloads, *cipher, whole).size() == 1);
            CHECK(cut(payloads, *cipher, whole - 1).size() == 2);
        }
    }
}

TEST_CASE("No two fragments have the same initialization vector") {
    const auto cipher = samples::make_cipher({crypto::EncrId::kAesGcm16, 256}, crypto::IntegId::kNone);
    crypto::SeededRandom random(23);
    std::uint64_t counter = 7;
    const auto datagrams =
        seal_in_fragments(samples::auth_header(), long_payloads(4000), *cipher, counter, random, 576);
    CHECK(counter == 7 + datagrams.size());
    for (std::size_t i = 0; i < datagrams.size(); ++i)
        CHECK(load_be<std::uint64_t>(datagrams[i].data() + kNumbers + 4) == 7 + i);
}

TEST_CASE("Fragment numbers that cannot be are refused before anything is decrypted") {
    const auto cipher = samples::make_cipher({crypto::EncrId::kAesGcm16, 256}, crypto::IntegId::kNone);
    const Bytes first = cut(long_payloads(3000), *cipher, 1200).front();
    struct Case {
        std::uint16_t number;
        std::uint16_t total;
        ParseErrorKind expected;
    };
    // The last three are possible numbers that the ICV does not cover.
    for (const Case& each : {Case{0, 4, ParseErrorKind::kBadFragment}, Case{5, 4, ParseErrorKind::kBadFragment},
                             Case{1, 0, ParseErrorKind::kBadFragment}, Case{0, 0, ParseErrorKind::kBadFragment},
                             Case{65535, 65534, ParseErrorKind::kBadFragment}, Case{2, 4, ParseErrorKind::kBadIcv},
                             Case{1, 5, ParseErrorKind::kBadIcv}, Case{65535, 65535, ParseErrorKind::kBadIcv}}) {
        Bytes datagram = first;
        store_be(datagram.data() + kNumbers, each.number);
        store_be(datagram.data() + kNumbers + 2, each.total);
        INFO(each.number << " of " << each.total);
        CHECK(error_of(datagram, *cipher) == each.expected);
    }
}

TEST_CASE("Every changed bit of a fragment is noticed, and every truncation") {
    for (const auto& cipher : samples::make_ciphers()) {
        const Bytes whole = cut(long_payloads(300), *cipher, 200).front();
        Bytes fragment = whole;
        for (std::size_t at = 0; at < fragment.size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                fragment[at] ^= static_cast<std::uint8_t>(1 << bit);
                if (!error_of(fragment, *cipher)) FAIL("octet " << at << " bit " << bit);
                fragment[at] ^= static_cast<std::uint8_t>(1 << bit);
            }
        }
        for (std::size_t length = 0; length < whole.size(); ++length) {
            Bytes shorter(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
            if (length >= kHeaderLength) store_be(&shorter[24], static_cast<std::uint32_t>(length));
            if (length >= kNumbers) store_be(&shorter[30], static_cast<std::uint16_t>(length - kHeaderLength));
            if (!error_of(shorter, *cipher)) FAIL("length " << length);
        }
    }
}

TEST_CASE("A fragment is no message, and a message is no fragment") {
    const auto cipher = samples::make_cipher({crypto::EncrId::kAesGcm16, 256}, crypto::IntegId::kNone);
    crypto::SeededRandom random(24);
    const Bytes fragment = cut(long_payloads(3000), *cipher, 1200).front();
    const auto as_message = open_message(*parse_header(fragment), fragment, *cipher);
    REQUIRE_FALSE(as_message.ok());
    CHECK(as_message.error().kind == ParseErrorKind::kMissingSk);
    const Bytes message = seal_message(samples::auth_header(), samples::auth_request(), *cipher, 1, random);
    const auto error = error_of(message, *cipher);
    CHECK((error == ParseErrorKind::kMissingSk || error == ParseErrorKind::kBadFragment));
}

}  // namespace
}  // namespace esplane::ike::wire
