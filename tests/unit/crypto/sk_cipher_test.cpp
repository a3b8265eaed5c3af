#include "crypto/sk_cipher.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "crypto/openssl.h"
#include "crypto/random.h"
#include "tests/unit/crypto/aborts.h"

namespace esplane::crypto {
namespace {

struct Suite {
    Encr encr;
    IntegId integ;
};

constexpr Suite kSuites[] = {
    {{EncrId::kAesGcm16, 128}, IntegId::kNone},         {{EncrId::kAesGcm16, 192}, IntegId::kNone},
    {{EncrId::kAesGcm16, 256}, IntegId::kNone},         {{EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128},
    {{EncrId::kAesCbc, 192}, IntegId::kHmacSha384_192}, {{EncrId::kAesCbc, 256}, IntegId::kHmacSha512_256},
    {{EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128},
};

constexpr std::size_t kHeader = 32;  // the IKE header and the generic header of SK

/// A suite with keys, and everything of a message that a test needs.
struct Fixture {
    Suite suite;
    Bytes sk_e;
    Bytes sk_a;
    std::unique_ptr<SkCipher> cipher;

    Fixture(Suite chosen, Random& random)
        : suite(chosen),
          sk_e(random.bytes(key_length(chosen.encr) + salt_length(chosen.encr.id))),
          sk_a(random.bytes(key_length(chosen.integ))),
          cipher(SkCipher::create(chosen.encr, chosen.integ, Secret(ByteView(sk_e)), Secret(ByteView(sk_a)))) {
        REQUIRE(cipher);
    }

    std::string label() const { return std::string(name(suite.encr)) + " with " + std::string(name(suite.integ)); }

    /// Header, IV and text as they stand before sealing, with room for the ICV.
    Bytes message(std::size_t text, Random& random) const {
        Bytes octets = random.bytes(kHeader + cipher->iv_length() + text);
        octets.resize(octets.size() + cipher->icv_length(), 0xee);
        return octets;
    }

    std::size_t text_at() const { return kHeader + cipher->iv_length(); }
};

Bytes text_of(const Fixture& fixture, const Bytes& message) {
    return {message.begin() + static_cast<std::ptrdiff_t>(fixture.text_at()),
            message.end() - static_cast<std::ptrdiff_t>(fixture.cipher->icv_length())};
}

// The oracle: the message put together by plain calls, part by part, after RFC 7296 3.14 and RFC 5282.

/// HMAC over all that stands before the ICV.
void write_icv(const Fixture& fixture, Bytes& message) {
    const char* const hash = fixture.suite.integ == IntegId::kHmacSha256_128   ? "SHA256"
                             : fixture.suite.integ == IntegId::kHmacSha384_192 ? "SHA384"
                                                                               : "SHA512";
    const std::size_t icv_at = message.size() - fixture.cipher->icv_length();
    std::array<std::uint8_t, 64> mac;
    std::size_t length = 0;
    REQUIRE(EVP_Q_mac(nullptr, "HMAC", nullptr, hash, nullptr, fixture.sk_a.data(), fixture.sk_a.size(), message.data(),
                      icv_at, mac.data(), mac.size(), &length) != nullptr);
    std::copy_n(mac.begin(), length / 2, &message[icv_at]);
}

Bytes oracle_cbc(const Fixture& fixture, Bytes message) {
    const std::string name = "AES-" + std::to_string(fixture.suite.encr.key_bits) + "-CBC";
    const Cipher cipher(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
    const CipherContext context(EVP_CIPHER_CTX_new());
    const Bytes text = text_of(fixture, message);
    Bytes encrypted(text.size() + 16);
    int length = 0;
    REQUIRE(EVP_EncryptInit_ex2(context.get(), cipher.get(), fixture.sk_e.data(), &message[kHeader], nullptr) == 1);
    REQUIRE(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
    if (!text.empty()) {
        REQUIRE(EVP_EncryptUpdate(context.get(), encrypted.data(), &length, text.data(),
                                  static_cast<int>(text.size())) == 1);
    }
    REQUIRE(length == static_cast<int>(text.size()));
    std::copy_n(encrypted.begin(), length, message.begin() + kHeader + 16);
    write_icv(fixture, message);
    return message;
}

Bytes oracle_gcm(const Fixture& fixture, Bytes message) {
    const std::string name = "AES-" + std::to_string(fixture.suite.encr.key_bits) + "-GCM";
    const Cipher cipher(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
    const CipherContext context(EVP_CIPHER_CTX_new());
    Bytes nonce(fixture.sk_e.end() - 4, fixture.sk_e.end());
    append(nonce, ByteView(message).subspan(kHeader, 8));
    const Bytes text = text_of(fixture, message);
    int length = 0;
    REQUIRE(EVP_EncryptInit_ex2(context.get(), cipher.get(), fixture.sk_e.data(), nonce.data(), nullptr) == 1);
    REQUIRE(EVP_EncryptUpdate(context.get(), nullptr, &length, message.data(), kHeader) == 1);
    if (!text.empty()) {
        REQUIRE(EVP_EncryptUpdate(context.get(), &message[fixture.text_at()], &length, text.data(),
                                  static_cast<int>(text.size())) == 1);
    }
    std::array<std::uint8_t, 16> rest;
    REQUIRE(EVP_EncryptFinal_ex(context.get(), rest.data(), &length) == 1);
    REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, &message[message.size() - 16]) == 1);
    return message;
}

TEST_CASE("A sealed message is what plain calls to OpenSSL put together, and opens to what it was") {
    const std::uint64_t seed = 21;
    SeededRandom random(seed);
    for (const Suite& suite : kSuites) {
        const Fixture fixture(suite, random);
        for (std::size_t text = 0; text <= 100; ++text) {
            INFO(fixture.label() << ", text of " << text << ", seed " << seed);
            const Bytes plain = fixture.message(text, random);
            Bytes message(plain);
            if (text % fixture.cipher->block_length() != 0) {
                CHECK_FALSE(fixture.cipher->open(message, kHeader).has_value());
                continue;
            }
            fixture.cipher->seal(message, kHeader);
            CHECK(message == (is_aead(suite.encr.id) ? oracle_gcm(fixture, plain) : oracle_cbc(fixture, plain)));
            const auto opened = fixture.cipher->open(message, kHeader);
            REQUIRE(opened.has_value());
            CHECK(to_bytes(*opened) == text_of(fixture, plain));
            CHECK(opened->data() == message.data() + fixture.text_at());
        }
    }
}

TEST_CASE("A message of 64 KiB is sealed and opened") {
    SeededRandom random(22);
    for (const Suite& suite : kSuites) {
        const Fixture fixture(suite, random);
        const Bytes plain = fixture.message(0xff00, random);
        Bytes message(plain);
        fixture.cipher->seal(message, kHeader);
        const auto opened = fixture.cipher->open(message, kHeader);
        REQUIRE(opened.has_value());
        CHECK(to_bytes(*opened) == text_of(fixture, plain));
    }
}

TEST_CASE("A message with any bit changed is refused") {
    SeededRandom random(23);
    for (const Suite& suite : kSuites) {
        const Fixture fixture(suite, random);
        const Bytes plain = fixture.message(48, random);
        Bytes sealed(plain);
        fixture.cipher->seal(sealed, kHeader);
        for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
            Bytes message(sealed);
            message[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            const Bytes changed(message);
            ERR_clear_error();
            if (fixture.cipher->open(message, kHeader)) FAIL(fixture.label() << ", bit " << bit);
            CHECK(ERR_peek_error() == 0);
            // CBC: verified before anything is decrypted. GCM: nothing that was decrypted is left.
            const Bytes left = text_of(fixture, message);
            CHECK(left == (is_aead(suite.encr.id) ? Bytes(left.size(), 0) : text_of(fixture, changed)));
        }
    }
}

TEST_CASE("A message that is cut short, grown or shorter than its header is refused") {
    SeededRandom random(24);
    for (const Suite& suite : kSuites) {
        const Fixture fixture(suite, random);
        Bytes sealed = fixture.message(32, random);
        fixture.cipher->seal(sealed, kHeader);
        for (std::size_t length = 0; length < sealed.size(); ++length) {
            INFO(fixture.label() << ", " << length << " octets of " << sealed.size());
            Bytes front(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(length));
            CHECK_FALSE(fixture.cipher->open(front, kHeader).has_value());
            Bytes back(sealed.end() - static_cast<std::ptrdiff_t>(length), sealed.end());
            CHECK_FALSE(fixture.cipher->open(back, kHeader).has_value());
        }
        Bytes grown(sealed);
        grown.resize(grown.size() + 16);
        CHECK_FALSE(fixture.cipher->open(grown, kHeader).has_value());
        for (const std::size_t associated :
             {sealed.size() - 1, sealed.size(), sealed.size() + 1, std::size_t(0) - 1, std::size_t(0) - 16}) {
            Bytes message(sealed);
            CHECK_FALSE(fixture.cipher->open(message, associated).has_value());
        }
        CHECK_FALSE(fixture.cipher->open({}, 0).has_value());
    }
}

TEST_CASE("A text that is no multiple of the block is refused, whatever its ICV") {
    SeededRandom random(28);
    const Fixture fixture({{EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128}, random);
    for (std::size_t text = 1; text < 48; ++text) {
        Bytes message = fixture.message(text, random);
        write_icv(fixture, message);
        CHECK(fixture.cipher->open(message, kHeader).has_value() == (text % 16 == 0));
    }
}

TEST_CASE("A message under other keys is refused") {
    SeededRandom random(25);
    for (const Suite& suite : kSuites) {
        const Fixture fixture(suite, random);
        Bytes sealed = fixture.message(32, random);
        fixture.cipher->seal(sealed, kHeader);
        const Fixture other(suite, random);
        CHECK_FALSE(other.cipher->open(sealed, kHeader).has_value());
    }
}

TEST_CASE("Lengths of the cipher are those of its algorithms") {
    SeededRandom random(26);
    for (const Suite& suite : kSuites) {
        const Fixture fixture(suite, random);
        const bool gcm = is_aead(suite.encr.id);
        CHECK(fixture.cipher->iv_length() == (gcm ? 8 : 16));
        CHECK(fixture.cipher->block_length() == (gcm ? 1 : 16));
        CHECK(fixture.cipher->icv_length() == (gcm ? 16 : icv_length(suite.integ)));
    }
}

TEST_CASE("A cipher is not made of keys or algorithms that do not fit") {
    const auto made = [](Encr encr, IntegId integ, std::size_t sk_e, std::size_t sk_a) {
        return SkCipher::create(encr, integ, Secret(sk_e), Secret(sk_a)) != nullptr;
    };
    constexpr Encr kGcm{EncrId::kAesGcm16, 256};
    constexpr Encr kCbc{EncrId::kAesCbc, 256};
    CHECK(made(kGcm, IntegId::kNone, 36, 0));
    CHECK_FALSE(made(kGcm, IntegId::kNone, 32, 0));
    CHECK_FALSE(made(kGcm, IntegId::kNone, 37, 0));
    CHECK_FALSE(made(kGcm, IntegId::kNone, 36, 1));
    CHECK_FALSE(made(kGcm, IntegId::kHmacSha256_128, 36, 32));
    CHECK(made(kCbc, IntegId::kHmacSha256_128, 32, 32));
    CHECK_FALSE(made(kCbc, IntegId::kHmacSha256_128, 16, 32));
    CHECK_FALSE(made(kCbc, IntegId::kHmacSha256_128, 32, 31));
    CHECK_FALSE(made(kCbc, IntegId::kHmacSha384_192, 32, 32));
    CHECK_FALSE(made(kCbc, IntegId::kNone, 32, 0));
    // What is for ESP only, with keys of the right length.
    CHECK_FALSE(made({EncrId::kChaCha20Poly1305, 256}, IntegId::kNone, 36, 0));
    CHECK_FALSE(made({EncrId::kNullAuthAesGmac, 256}, IntegId::kNone, 36, 0));
    CHECK_FALSE(made({EncrId::kNull, 0}, IntegId::kHmacSha256_128, 0, 32));
}

TEST_CASE("Sealing a message without room for its parts ends the process") {
    SeededRandom random(27);
    for (const Suite& suite : kSuites) {
        const Fixture fixture(suite, random);
        const std::size_t least = kHeader + fixture.cipher->iv_length() + fixture.cipher->icv_length();
        Bytes message(least - 1);
        CHECK(test::aborts([&] { fixture.cipher->seal(message, kHeader); }));
        if (fixture.cipher->block_length() == 1) continue;
        Bytes uneven(least + 15);
        CHECK(test::aborts([&] { fixture.cipher->seal(uneven, kHeader); }));
    }
}

}  // namespace
}  // namespace esplane::crypto
