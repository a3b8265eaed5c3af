#include "ike/core/suite.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "ike/core/proposals.h"

namespace esplane::ike {
namespace {

using crypto::DhId;
using crypto::Encr;
using crypto::EncrId;
using crypto::IntegId;
using crypto::PrfId;
using wire::ProtocolId;
using wire::Transform;
using wire::TransformType;

constexpr Encr gcm(std::uint16_t bits) {
    return {EncrId::kAesGcm16, bits};
}
constexpr Encr cbc(std::uint16_t bits) {
    return {EncrId::kAesCbc, bits};
}

TEST_CASE("IKE proposals are read as strongSwan users write them") {
    struct Case {
        std::string_view written;
        IkeProposal meaning;
        std::string_view shown;  // empty: as written
    };
    const Case cases[] = {
        {"aes256-sha256-modp2048",
         {{cbc(256)}, {PrfId::kHmacSha256}, {IntegId::kHmacSha256_128}, {DhId::kModp2048}},
         ""},
        {"aes256gcm16-prfsha384-ecp384", {{gcm(256)}, {PrfId::kHmacSha384}, {}, {DhId::kEcp384}}, ""},
        {"aes128gcm128-prfsha256-curve25519",
         {{gcm(128)}, {PrfId::kHmacSha256}, {}, {DhId::kX25519}},
         "aes128gcm16-prfsha256-x25519"},
        {"aes256gcm16-sha256-ecp256",
         {{gcm(256)}, {PrfId::kHmacSha256}, {}, {DhId::kEcp256}},
         "aes256gcm16-prfsha256-ecp256"},
        {"aes256gcm16-sha256-prfsha512-ecp256",
         {{gcm(256)}, {PrfId::kHmacSha512}, {}, {DhId::kEcp256}},
         "aes256gcm16-prfsha512-ecp256"},
        {"aes192-sha2_384-modp3072",
         {{cbc(192)}, {PrfId::kHmacSha384}, {IntegId::kHmacSha384_192}, {DhId::kModp3072}},
         "aes192-sha384-modp3072"},
        {"aes256-aes128-sha512-sha256-modp4096-ecp521",
         {{cbc(256), cbc(128)},
          {PrfId::kHmacSha512, PrfId::kHmacSha256},
          {IntegId::kHmacSha512_256, IntegId::kHmacSha256_128},
          {DhId::kModp4096, DhId::kEcp521}},
         ""},
        {"aes256-sha256-prfsha384-modp2048",
         {{cbc(256)}, {PrfId::kHmacSha384}, {IntegId::kHmacSha256_128}, {DhId::kModp2048}},
         ""},
        {"modp2048-sha256-aes256",
         {{cbc(256)}, {PrfId::kHmacSha256}, {IntegId::kHmacSha256_128}, {DhId::kModp2048}},
         "aes256-sha256-modp2048"},
        {"AES256-SHA256-MODP2048",
         {{cbc(256)}, {PrfId::kHmacSha256}, {IntegId::kHmacSha256_128}, {DhId::kModp2048}},
         "aes256-sha256-modp2048"},
    };
    for (const Case& each : cases) {
        INFO(each.written);
        const auto parsed = parse_ike_proposal(each.written);
        REQUIRE(parsed.ok());
        CHECK(*parsed == each.meaning);
        const std::string shown = to_string(*parsed);
        CHECK(shown == (each.shown.empty() ? each.written : each.shown));
        CHECK(*parse_ike_proposal(shown) == *parsed);
    }
}

TEST_CASE("ESP proposals are read, with groups or without") {
    struct Case {
        std::string_view written;
        EspProposal meaning;
    };
    const Case cases[] = {
        {"aes256gcm16", {{gcm(256)}, {}, {}}},
        {"aes128gcm16-modp2048", {{gcm(128)}, {}, {DhId::kModp2048}}},
        {"aes256gcm16-aes192gcm16-ecp256-x25519", {{gcm(256), gcm(192)}, {}, {DhId::kEcp256, DhId::kX25519}}},
    };
    for (const Case& each : cases) {
        INFO(each.written);
        const auto parsed = parse_esp_proposal(each.written);
        REQUIRE(parsed.ok());
        CHECK(*parsed == each.meaning);
        CHECK(to_string(*parsed) == each.written);
    }
}

const std::string kAccepted =
    "Accepted are aes256gcm16, aes192gcm16, aes128gcm16, chacha20poly1305, aes256, aes192, aes128, sha256, sha384, "
    "sha512, prfsha256, prfsha384, prfsha512, ecp256, ecp384, ecp521, x25519, modp2048, modp3072, modp4096";

TEST_CASE("What is wrong with an IKE proposal is said with what to write instead") {
    struct Case {
        std::string_view written;
        std::string error;
    };
    const Case cases[] = {
        {"", "the proposal is empty: a word is missing between two hyphens or at an end"},
        {"aes256--sha256", "aes256--sha256: a word is missing between two hyphens or at an end"},
        {"aes256-sha256-modp2048-", "aes256-sha256-modp2048-: a word is missing between two hyphens or at an end"},
        {"sha256-modp2048", "sha256-modp2048: a cipher is missing; add aes256gcm16 or aes256"},
        {"aes256-modp2048", "aes256-modp2048: aes256 needs an integrity algorithm; add sha256"},
        {"aes256-prfsha256-modp2048", "aes256-prfsha256-modp2048: aes256 needs an integrity algorithm; add sha256"},
        {"aes256gcm16-ecp256", "aes256gcm16-ecp256: aes256gcm16 needs a PRF; add prfsha256"},
        {"aes256-sha256", "aes256-sha256: a group is missing; add ecp256 or modp2048"},
        {"aes256-aes256gcm16-sha256-ecp256",
         "aes256-aes256gcm16-sha256-ecp256: AEADs and CBC cannot stand in one proposal; write a proposal for each"},
        {"aes256-sha256-sha2_256-ecp256", "aes256-sha256-sha2_256-ecp256: sha256 is named twice"},
        {"aes256-sha256-modp2048-modp2048", "aes256-sha256-modp2048-modp2048: modp2048 is named twice"},
        {"3des-sha256-modp2048", "3des-sha256-modp2048: 3des is too weak; use aes256gcm16"},
        {"des-sha256-modp2048", "des-sha256-modp2048: des is too weak; use aes256gcm16"},
        {"aes256-md5-modp2048", "aes256-md5-modp2048: md5 is too weak; use sha256"},
        {"aes256-sha1-modp2048", "aes256-sha1-modp2048: sha1 is too weak; use sha256"},
        {"aes256-SHA-modp2048", "aes256-SHA-modp2048: sha is too weak; use sha256"},
        {"aes256gcm16-prfsha1-ecp256", "aes256gcm16-prfsha1-ecp256: prfsha1 is too weak; use prfsha256"},
        {"aes256-sha256-modp768", "aes256-sha256-modp768: modp768 is too weak; use modp2048 or ecp256"},
        {"aes256-sha256-modp1024", "aes256-sha256-modp1024: modp1024 is too weak; use modp2048 or ecp256"},
        {"aes256-sha256-modp1536", "aes256-sha256-modp1536: modp1536 is too weak; use modp2048 or ecp256"},
        {"chacha20poly1305-prfsha256-x25519",
         "chacha20poly1305-prfsha256-x25519: chacha20poly1305 is available for ESP only; use aes256gcm16"},
        {"aes128ccm16-prfsha256-x25519", "aes128ccm16-prfsha256-x25519: aes128ccm16 is not available; use aes128gcm16"},
        {"aes256-sha256-modp8192", "aes256-sha256-modp8192: modp8192 is not available; use modp4096 or ecp384"},
        {"aes256-sha256-ecp256-noesn",
         "aes256-sha256-ecp256-noesn: noesn is not a word of a proposal; write 'esn: yes' or 'esn: no' beside "
         "'proposals' instead"},
        {"aes265-sha256-modp2048", "aes265-sha256-modp2048: unknown word 'aes265'; did you mean aes256? " + kAccepted},
        {"aes256-sha256-modp2048!",
         "aes256-sha256-modp2048!: unknown word 'modp2048!'; did you mean modp2048? " + kAccepted},
        {"aes256gcm-prfsha256-ecp256",
         "aes256gcm-prfsha256-ecp256: unknown word 'aes256gcm'; did you mean aes256gcm16? " + kAccepted},
        {"rot13-sha256-modp2048", "rot13-sha256-modp2048: unknown word 'rot13'; " + kAccepted},
        {"a\x01\x7f\n-sha256", "a\?\?\?-sha256: unknown word 'a\?\?\?'; " + kAccepted},
    };
    for (const Case& each : cases) {
        INFO(each.written);
        const auto parsed = parse_ike_proposal(each.written);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error() == each.error);
    }
}

TEST_CASE("What is wrong with an ESP proposal is said with what to write instead") {
    struct Case {
        std::string_view written;
        std::string error;
    };
    const Case cases[] = {
        {"aes128-modp2048", "aes128-modp2048: aes128 needs an integrity algorithm; add sha256"},
        {"aes192", "aes192: aes192 needs an integrity algorithm; add sha256"},
        {"aes256gcm16-sha256", "aes256gcm16-sha256: aes256gcm16 protects integrity itself; leave sha256 out"},
        {"aes256gcm16-prfsha256", "aes256gcm16-prfsha256: prfsha256 has no meaning for ESP; leave it out"},
        {"modp2048", "modp2048: a cipher is missing; add aes256gcm16"},
        {"null-sha256",
         "null-sha256: null does not encrypt; use aes256gcm16, or for tests write gateway: {allow_insecure: yes}"},
        {"aes128gmac",
         "aes128gmac: aes128gmac does not encrypt; use aes256gcm16, or for tests write gateway: {allow_insecure: yes}"},
        {"aes256gcm16-esn",
         "aes256gcm16-esn: esn is not a word of a proposal; write 'esn: yes' or 'esn: no' beside 'proposals' "
         "instead"},
        {"aes256gcm16-aes256",
         "aes256gcm16-aes256: AEADs and CBC cannot stand in one proposal; write a proposal for each"},
    };
    for (const Case& each : cases) {
        INFO(each.written);
        const auto parsed = parse_esp_proposal(each.written);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error() == each.error);
    }
}

TEST_CASE("Any text gives a proposal that is shown and read back, or an error that is printable and short") {
    constexpr std::string_view kWords[] = {"aes256gcm16", "aes128", "aes256", "sha256", "sha512",  "prfsha384",
                                           "ecp256",      "x25519", "3des",   "esn",    "modp204", ""};
    const std::uint64_t seed = 30;
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    std::size_t read = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (std::uint64_t count = random.below(6); count > 0; --count) {
            text += std::string(kWords[random.below(std::size(kWords))]) + (count > 1 ? "-" : "");
        }
        if (random.below(4) == 0) text.insert(random.below(text.size() + 1), 1, static_cast<char>(random.below(256)));
        const auto parsed = parse_ike_proposal(text);
        if (parsed.ok()) {
            ++read;
            CHECK(*parse_ike_proposal(to_string(*parsed)) == *parsed);
            continue;
        }
        for (const char c : parsed.error()) {
            if (c < ' ' || c > '~') FAIL("round " << round);
        }
    }
    CHECK(read > 20);
    CHECK(parse_ike_proposal(std::string(100'000, '-')).error().size() < 300);
    CHECK(parse_ike_proposal(std::string(100'000, 'x')).error().size() < 600);
}

TEST_CASE("A negotiated suite is shown in the words of the configuration") {
    CHECK(to_string(IkeSuite{gcm(256), PrfId::kHmacSha256, IntegId::kNone, DhId::kEcp256}) ==
          "aes256gcm16-prfsha256-ecp256");
    CHECK(to_string(IkeSuite{cbc(128), PrfId::kHmacSha256, IntegId::kHmacSha256_128, DhId::kModp2048}) ==
          "aes128-sha256-modp2048");
    CHECK(to_string(IkeSuite{cbc(128), PrfId::kHmacSha512, IntegId::kHmacSha256_128, DhId::kModp2048}) ==
          "aes128-sha256-prfsha512-modp2048");
    CHECK(to_string(EspSuite{gcm(256)}) == "aes256gcm16");
    CHECK(to_string(EspSuite{gcm(256), IntegId::kNone, DhId::kNone, true}) == "aes256gcm16-esn");
    CHECK(to_string(EspSuite{gcm(256), IntegId::kNone, DhId::kEcp256, true}) == "aes256gcm16-ecp256-esn");
    CHECK(to_string(EspSuite{cbc(256), IntegId::kHmacSha256_128, DhId::kX25519, false}) == "aes256-sha256-x25519");
}

Transform encr(std::uint16_t id, std::optional<std::uint16_t> bits = std::nullopt) {
    return {TransformType::kEncr, id, bits, false};
}

Transform other(TransformType type, std::uint16_t id) {
    return {type, id, std::nullopt, false};
}

TEST_CASE("What a peer offers is shown in the same words, also what we do not have") {
    using T = TransformType;
    struct Case {
        std::string_view shown;
        std::vector<wire::Proposal> offered;
    };
    const Case cases[] = {
        {"nothing", {}},
        {"nothing", {{1, ProtocolId::kIke, {}, {}}}},
        {"3des-sha1-modp1024, aes256-sha256-modp2048",
         {{1, ProtocolId::kIke, {}, {encr(3), other(T::kPrf, 2), other(T::kInteg, 2), other(T::kDh, 2)}},
          {2, ProtocolId::kIke, {}, {encr(12, 256), other(T::kInteg, 12), other(T::kPrf, 5), other(T::kDh, 14)}}}},
        {"aes128-sha256-prfsha512-ecp521",
         {{1, ProtocolId::kIke, {}, {encr(12, 128), other(T::kInteg, 12), other(T::kPrf, 7), other(T::kDh, 21)}}}},
        {"chacha20poly1305-prfsha256-x448-mlkem768",
         {{1, ProtocolId::kIke, {}, {encr(28), other(T::kPrf, 5), other(T::kDh, 32), other(T::kDh, 36)}}}},
        {"aes256gcm16-aes128ccm12-esn",
         {{1, ProtocolId::kEsp, Bytes(4), {encr(20, 256), encr(15, 128), other(T::kEsn, 1)}}}},
        {"aes256gcm16",
         {{1, ProtocolId::kEsp, Bytes(4), {encr(20, 256), other(T::kInteg, 0), other(T::kDh, 0), other(T::kEsn, 0)}}}},
        {"aes256gcm16-ecp256-nodh-esn-noesn",
         {{1,
           ProtocolId::kEsp,
           Bytes(4),
           {encr(20, 256), other(T::kDh, 19), other(T::kDh, 0), other(T::kEsn, 1), other(T::kEsn, 0)}}}},
        {"ah:sha1", {{1, ProtocolId::kAh, Bytes(4), {other(T::kInteg, 2), other(T::kEsn, 0)}}}},
        {"protocol-9:aes256", {{1, ProtocolId{9}, {}, {encr(12, 256)}}}},
        {"encr-99-integ-66-prf-77-dh-55",
         {{1, ProtocolId::kIke, {}, {encr(99), other(T::kPrf, 77), other(T::kInteg, 66), other(T::kDh, 55)}}}},
        {"aes256-ke1_mlkem768", {{1, ProtocolId::kIke, {}, {encr(12, 256), other(T{6}, 36)}}}},
        {"aes-aes256?", {{1, ProtocolId::kEsp, Bytes(4), {encr(12), {T::kEncr, 12, 256, true}}}}},
        {"3des/192", {{1, ProtocolId::kEsp, Bytes(4), {encr(3, 192)}}}},
    };
    for (const Case& each : cases) {
        CHECK(to_string(each.offered) == each.shown);
    }
}

TEST_CASE("All transform types and identifiers have a name, and a long offer is cut") {
    const auto name = [](unsigned type, unsigned id) {
        return to_string({{1,
                           ProtocolId::kIke,
                           {},
                           {{TransformType{static_cast<std::uint8_t>(type)}, static_cast<std::uint16_t>(id),
                             std::nullopt, false}}}});
    };
    for (unsigned id = 0; id < 65536; ++id) {
        for (unsigned type = 1; type <= 6; ++type) {
            const std::string shown = name(type, id);
            if (shown.empty() || shown.size() > 24) FAIL("type " << type << " id " << id);
        }
    }
    for (unsigned type = 0; type < 256; ++type) {
        CHECK_FALSE(name(type, 12).empty());
    }
    const wire::Proposal wide{1, ProtocolId::kIke, {}, std::vector<Transform>(128, encr(65535, 65535))};
    const std::string shown = to_string(std::vector<wire::Proposal>(64, wide));
    CHECK(shown.size() < 4000);
    CHECK(shown.substr(shown.size() - 12) == " and 63 more");
}

TEST_CASE("Our own offer is shown as it was written") {
    for (const std::string_view written : {"aes256-sha256-modp2048", "aes256-aes128-sha512-sha256-modp4096-ecp521",
                                           "aes256gcm16-prfsha384-ecp384", "aes128-sha256-prfsha512-x25519"}) {
        const auto parsed = parse_ike_proposal(written);
        REQUIRE(parsed.ok());
        CHECK(to_string(offer_ike({*parsed}, {})) == written);
    }
}

TEST_CASE("ESP without encryption is for those who ask for it by name") {
    for (const char* text :
         {"null-sha256", "null-sha384-ecp256", "null-sha512", "aes128gmac", "aes192gmac-x25519", "aes256gmac"}) {
        INFO(text);
        CHECK_FALSE(parse_esp_proposal(text));
        const auto parsed = parse_esp_proposal(text, true);
        REQUIRE(parsed);
        CHECK(to_string(*parsed) == text);
        CHECK_FALSE(encrypts(*parsed));
    }
    CHECK(parse_esp_proposal("null", true).error() == "null: null needs an integrity algorithm; add sha256");
    CHECK(parse_esp_proposal("aes256gmac-sha256", true).error() ==
          "aes256gmac-sha256: aes256gmac protects integrity itself; leave sha256 out");
    CHECK(parse_ike_proposal("null-sha256-ecp256").error() ==
          "null-sha256-ecp256: null does not encrypt; use aes256gcm16");
    CHECK(encrypts(*parse_esp_proposal("aes256-sha256")));
}

}  // namespace
}  // namespace esplane::ike
