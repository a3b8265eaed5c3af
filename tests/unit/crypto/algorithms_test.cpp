#include "crypto/algorithms.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>

#include "tests/unit/crypto/aborts.h"

namespace esplane::crypto {
namespace {

constexpr unsigned kAllIds = 0x10000;

TEST_CASE("Ciphers are known by transform and key length only") {
    // IANA: 12 is ENCR_AES_CBC, 20 is ENCR_AES_GCM_16.
    const std::map<std::pair<unsigned, unsigned>, std::string> known = {
        {{12, 128}, "aes128"},      {{12, 192}, "aes192"},      {{12, 256}, "aes256"},
        {{20, 128}, "aes128gcm16"}, {{20, 192}, "aes192gcm16"}, {{20, 256}, "aes256gcm16"},
    };
    for (unsigned id = 0; id < kAllIds; ++id) {
        if (known_encr(static_cast<std::uint16_t>(id), std::nullopt)) FAIL("known without a key length: " << id);
        for (const unsigned bits : {0U, 8U, 127U, 128U, 129U, 160U, 192U, 256U, 384U, 512U, 0x8080U, 0xffffU}) {
            const auto encr = known_encr(static_cast<std::uint16_t>(id), static_cast<std::uint16_t>(bits));
            const auto expected = known.find({id, bits});
            if (encr.has_value() != (expected != known.end())) FAIL("transform " << id << " with " << bits << " bits");
            if (!encr) continue;
            CHECK(name(*encr) == expected->second);
            CHECK(static_cast<unsigned>(encr->id) == id);
            CHECK(encr->key_bits == bits);
        }
    }
    for (unsigned bits = 0; bits < kAllIds; ++bits) {
        const bool aes = bits == 128 || bits == 192 || bits == 256;
        if (known_encr(20, static_cast<std::uint16_t>(bits)).has_value() != aes) FAIL("GCM with " << bits << " bits");
    }
}

TEST_CASE("ESP knows the ciphers of SK and some that SK must not have") {
    // IANA: 11 is ENCR_NULL, 21 is ENCR_NULL_AUTH_AES_GMAC, 28 is ENCR_CHACHA20_POLY1305. 0: no Key Length attribute.
    const std::map<std::pair<unsigned, unsigned>, std::string> esp_only = {
        {{11, 0}, "null"},         {{21, 128}, "aes128gmac"},     {{21, 192}, "aes192gmac"},
        {{21, 256}, "aes256gmac"}, {{28, 0}, "chacha20poly1305"},
    };
    for (unsigned number = 0; number < kAllIds; ++number) {
        const auto id = static_cast<std::uint16_t>(number);
        for (const unsigned bits : {0U, 127U, 128U, 160U, 192U, 256U, 512U, 0x8080U}) {
            const auto attribute = bits == 0 ? std::nullopt : std::optional(static_cast<std::uint16_t>(bits));
            const auto encr = known_esp_encr(id, attribute);
            const auto expected = esp_only.find({number, bits});
            if (expected == esp_only.end()) {
                if (encr != known_encr(id, attribute)) FAIL("transform " << id << " with " << bits << " bits");
                if (encr) CHECK(is_confidential(encr->id));
                continue;
            }
            REQUIRE(encr.has_value());
            CHECK_FALSE(known_encr(id, attribute).has_value());
            CHECK(name(*encr) == expected->second);
            CHECK(static_cast<unsigned>(encr->id) == id);
            CHECK(key_length_attribute(*encr) == attribute);
            CHECK(is_confidential(encr->id) == (id == 28));
        }
    }
    CHECK(key_length_attribute({EncrId::kAesCbc, 192}) == 192);
}

template <typename Known>
void check_known(Known known, const std::map<unsigned, std::string>& names) {
    for (unsigned id = 0; id < kAllIds; ++id) {
        const auto transform = known(static_cast<std::uint16_t>(id));
        const auto expected = names.find(id);
        if (transform.has_value() != (expected != names.end())) FAIL("transform " << id);
        if (!transform) continue;
        CHECK(name(*transform) == expected->second);
        CHECK(static_cast<unsigned>(*transform) == id);
    }
}

TEST_CASE("Other transforms are known by their IANA numbers only") {
    check_known(known_prf, {{5, "prfsha256"}, {6, "prfsha384"}, {7, "prfsha512"}});
    check_known(known_integ, {{0, "none"}, {12, "sha256"}, {13, "sha384"}, {14, "sha512"}});
    check_known(known_dh, {{0, "none"},
                           {14, "modp2048"},
                           {15, "modp3072"},
                           {16, "modp4096"},
                           {19, "ecp256"},
                           {20, "ecp384"},
                           {21, "ecp521"},
                           {31, "x25519"}});
}

TEST_CASE("Lengths are those of RFC 4106, RFC 3602 and RFC 4868") {
    for (const std::uint16_t bits : std::initializer_list<std::uint16_t>{128, 192, 256}) {
        CHECK(key_length(Encr{EncrId::kAesCbc, bits}) == bits / 8U);
        CHECK(key_length(Encr{EncrId::kAesGcm16, bits}) == bits / 8U);
    }
    CHECK(is_aead(EncrId::kAesGcm16));
    CHECK(salt_length(EncrId::kAesGcm16) == 4);
    CHECK(iv_length(EncrId::kAesGcm16) == 8);
    CHECK(icv_length(EncrId::kAesGcm16) == 16);
    CHECK(block_length(EncrId::kAesGcm16) == 4);

    CHECK_FALSE(is_aead(EncrId::kAesCbc));
    CHECK(salt_length(EncrId::kAesCbc) == 0);
    CHECK(iv_length(EncrId::kAesCbc) == 16);
    CHECK(icv_length(EncrId::kAesCbc) == 0);
    CHECK(block_length(EncrId::kAesCbc) == 16);

    CHECK(key_length(Encr{EncrId::kChaCha20Poly1305, 256}) == 32);
    CHECK(key_length(Encr{EncrId::kNull, 0}) == 0);
    for (const EncrId id : {EncrId::kChaCha20Poly1305, EncrId::kNullAuthAesGmac}) {
        CHECK(is_aead(id));
        CHECK(salt_length(id) == 4);
        CHECK(iv_length(id) == 8);
        CHECK(icv_length(id) == 16);
        CHECK(block_length(id) == 4);
    }
    CHECK_FALSE(is_aead(EncrId::kNull));
    CHECK(salt_length(EncrId::kNull) + iv_length(EncrId::kNull) + icv_length(EncrId::kNull) == 0);
    CHECK(block_length(EncrId::kNull) == 4);

    const struct {
        IntegId integ;
        PrfId prf;
        std::size_t output;
        std::size_t icv;
    } hashes[] = {
        {IntegId::kHmacSha256_128, PrfId::kHmacSha256, 32, 16},
        {IntegId::kHmacSha384_192, PrfId::kHmacSha384, 48, 24},
        {IntegId::kHmacSha512_256, PrfId::kHmacSha512, 64, 32},
    };
    for (const auto& [integ, prf, output, icv] : hashes) {
        CHECK(key_length(integ) == output);
        CHECK(icv_length(integ) == icv);
        CHECK(output_length(prf) == output);
    }
    CHECK(key_length(IntegId::kNone) == 0);
    CHECK(icv_length(IntegId::kNone) == 0);
}

TEST_CASE("A transform that does not exist has a name for messages but no lengths") {
    CHECK(name(Encr{EncrId::kAesCbc, 100}) == "unknown");
    CHECK(name(DhId{2}) == "unknown");
    CHECK(test::aborts([] { (void)key_length(Encr{EncrId::kAesGcm16, 0}); }));
    CHECK(test::aborts([] { (void)key_length(Encr{EncrId::kNull, 128}); }));
    CHECK(test::aborts([] { (void)key_length(Encr{EncrId::kChaCha20Poly1305, 128}); }));
    CHECK(test::aborts([] { (void)is_aead(EncrId{3}); }));
    CHECK(test::aborts([] { (void)iv_length(EncrId{3}); }));
    CHECK(test::aborts([] { (void)output_length(PrfId{2}); }));
}

}  // namespace
}  // namespace esplane::crypto
