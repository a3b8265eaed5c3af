#include "ike/core/auth_signature.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/crypto/test_keys.h"

namespace esplane::ike {
namespace {

using crypto::PrivateKey;
using crypto::PublicKey;

const Bytes kOctets = to_bytes(as_bytes("what AUTH is over"));

PrivateKey private_key(const char* kind) {
    return PrivateKey::of(crypto::test::make_key(kind)).value();
}

wire::Payloads announcing(Bytes data) {
    wire::Payloads payloads;
    payloads.notifies.push_back(hash_algorithms_notify());
    payloads.notifies.front().data = std::move(data);
    return payloads;
}

TEST_CASE("A signature is by the method and hash that the peer knows, and verifies") {
    struct Case {
        const char* key;
        std::optional<HashNumbers> hashes;
        std::uint8_t method;
        const char* verified;
    };
    const HashNumbers all{2, 3, 4, 5};
    for (const Case& each : {
             Case{"RSA-2048", all, 14, "RSASSA-PSS with SHA2-256"},
             Case{"RSA-2048", HashNumbers{4}, 14, "RSASSA-PSS with SHA2-512"},
             Case{"RSA-2048", std::nullopt, 1, "RSA PKCS#1 v1.5 with SHA2-256"},
             Case{"P-256", all, 14, "ECDSA with SHA2-256"},
             Case{"P-256", HashNumbers{3}, 14, "ECDSA with SHA2-384"},
             Case{"P-256", std::nullopt, 9, "ECDSA P-256"},
             Case{"P-384", all, 14, "ECDSA with SHA2-384"},
             Case{"P-384", std::nullopt, 10, "ECDSA P-384"},
             Case{"P-521", all, 14, "ECDSA with SHA2-512"},
             Case{"P-521", std::nullopt, 11, "ECDSA P-521"},
             Case{"ED25519", all, 14, "Ed25519"},
         }) {
        INFO(each.key << ", method " << static_cast<int>(each.method));
        const PrivateKey key = private_key(each.key);
        const auto auth = sign_auth(key, each.hashes, kOctets);
        REQUIRE(auth.ok());
        CHECK(auth->method == each.method);
        const auto verified = verify_auth(key.public_key(), *auth, kOctets);
        REQUIRE(verified.ok());
        CHECK(*verified == each.verified);
        Bytes other = kOctets;
        other.back() ^= 1;
        CHECK_FALSE(verify_auth(key.public_key(), *auth, other).ok());
        CHECK_FALSE(
            verify_auth(private_key(each.key[0] == 'R' ? "P-256" : each.key).public_key(), *auth, kOctets).ok());
    }
}

TEST_CASE("Where the peer verifies nothing that a key can sign with, there is no signature") {
    CHECK_FALSE(sign_auth(private_key("ED25519"), std::nullopt, kOctets).ok());
    CHECK_FALSE(sign_auth(private_key("ED25519"), HashNumbers{2, 3, 4}, kOctets).ok());
    CHECK_FALSE(sign_auth(private_key("P-256"), HashNumbers{5}, kOctets).ok());
    CHECK_FALSE(sign_auth(private_key("RSA-2048"), HashNumbers{}, kOctets).ok());
}

TEST_CASE("No octet of a signature, or of what says its algorithm, can be another, and none can be missing") {
    for (const auto& [kind, hashes] : {std::pair<const char*, std::optional<HashNumbers>>{"P-256", HashNumbers{2}},
                                       {"P-256", std::nullopt},
                                       {"ED25519", HashNumbers{5}}}) {
        INFO(kind);
        const PrivateKey key = private_key(kind);
        const wire::Auth good = sign_auth(key, hashes, kOctets).value();
        for (std::size_t at = 0; at < good.value.size(); ++at) {
            wire::Auth damaged = good;
            damaged.value[at] ^= 1;
            if (verify_auth(key.public_key(), damaged, kOctets)) FAIL("octet " << at);
            damaged.value.resize(at);
            if (verify_auth(key.public_key(), damaged, kOctets)) FAIL("cut at " << at);
        }
        wire::Auth longer = good;
        longer.value.push_back(0);
        CHECK_FALSE(verify_auth(key.public_key(), longer, kOctets).ok());
    }
}

TEST_CASE("What is no signature does not verify, whatever is in it") {
    const std::uint64_t seed = 41;
    INFO("seed " << seed);
    crypto::SeededRandom random(seed);
    const PublicKey key = private_key("P-256").public_key();
    for (int method = 0; method < 256; ++method) {
        const wire::Auth auth{static_cast<std::uint8_t>(method), random.bytes(random.below(100))};
        CHECK_FALSE(verify_auth(key, auth, kOctets).ok());
    }
}

TEST_CASE("Of the hashes that a peer announces those are kept that we know, once") {
    CHECK_FALSE(announced_hashes({}).has_value());
    CHECK(announced_hashes(announcing({})) == HashNumbers{});
    CHECK(announced_hashes(announcing(from_hex("00"))) == HashNumbers{});
    CHECK(announced_hashes(announcing(from_hex("0001"))) == HashNumbers{});  // SHA-1
    CHECK(announced_hashes(announcing(from_hex("0005 0002 0063 0002 00"))) == HashNumbers{2, 5});
    CHECK(announced_hashes(announcing(Bytes(60'000, 0))) == HashNumbers{});
    CHECK(announced_hashes(announcing(hash_algorithms_notify().data)) == HashNumbers{2, 3, 4, 5});
}

}  // namespace
}  // namespace esplane::ike
