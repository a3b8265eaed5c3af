#include "crypto/prf.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/crypto/aborts.h"
#include "tests/vectors/hmac_rfc4231.h"
#include "tests/vectors/ikev2_kdf.h"

namespace esplane::crypto {
namespace {

constexpr PrfId kPrfs[] = {PrfId::kHmacSha256, PrfId::kHmacSha384, PrfId::kHmacSha512};

PrfId prf_of(std::string_view hash) {
    return hash == "sha256" ? PrfId::kHmacSha256 : hash == "sha384" ? PrfId::kHmacSha384 : PrfId::kHmacSha512;
}

TEST_CASE("The PRFs are HMAC as RFC 4231 computes it") {
    for (const auto& vector : vectors::kHmacRfc4231) {
        INFO("RFC 4231 section " << vector.section);
        const Bytes key = from_hex(vector.key);
        const Bytes data = from_hex(vector.data);
        CHECK(to_hex(prf(PrfId::kHmacSha256, key, {data}).view()) == vector.sha256);
        CHECK(to_hex(prf(PrfId::kHmacSha384, key, {data}).view()) == vector.sha384);
        CHECK(to_hex(prf(PrfId::kHmacSha512, key, {data}).view()) == vector.sha512);
    }
}

TEST_CASE("A PRF sees its parts as one string, wherever it is cut") {
    const Bytes key = from_hex("0102030405060708");
    const Bytes data = SeededRandom(1).bytes(150);
    for (const PrfId id : kPrfs) {
        const Bytes whole = to_bytes(prf(id, key, {data}).view());
        for (std::size_t cut = 0; cut <= data.size(); ++cut) {
            const ByteView view(data);
            CHECK(to_bytes(prf(id, key, {view.first(cut), {}, view.subspan(cut)}).view()) == whole);
        }
    }
}

TEST_CASE("A PRF takes an empty key and empty data") {
    // HMAC-SHA-256 of nothing under an empty key, which HMAC fills with zeros to a block.
    const std::string expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    CHECK(to_hex(prf(PrfId::kHmacSha256, {}, {}).view()) == expected);
    CHECK(to_hex(prf(PrfId::kHmacSha256, {}, {{}, {}}).view()) == expected);
    CHECK(to_hex(prf(PrfId::kHmacSha256, Bytes(64, 0), {}).view()) == expected);
}

TEST_CASE("IKEv2 keys are derived as NIST's vectors say") {
    for (const auto& vector : vectors::kIkev2Kdf) {
        INFO(vector.hash);
        const PrfId id = prf_of(vector.hash);
        const Bytes ni = from_hex(vector.ni);
        const Bytes nr = from_hex(vector.nr);
        const Bytes spi_i = from_hex(vector.spi_i);
        const Bytes spi_r = from_hex(vector.spi_r);
        Bytes nonces(ni);
        append(nonces, nr);
        const Secret skeyseed = prf(id, nonces, {from_hex(vector.g_ir)});
        CHECK(to_hex(skeyseed.view()) == vector.skeyseed);
        const Secret keymat = prf_plus(id, skeyseed.view(), {ni, nr, spi_i, spi_r}, vector.keymat.size() / 2);
        CHECK(to_hex(keymat.view()) == vector.keymat);
        const Secret sk_d = keymat.slice(0, output_length(id));
        CHECK(to_hex(prf_plus(id, sk_d.view(), {ni, nr}, vector.child.size() / 2).view()) == vector.child);
    }
}

/// prf+ written out as RFC 7296 2.13 prints it, by way of strings.
Bytes naive_prf_plus(PrfId id, const Bytes& key, const Bytes& seed, std::size_t blocks) {
    Bytes result;
    Bytes block;
    for (std::size_t count = 1; count <= blocks; ++count) {
        Bytes input(block);
        append(input, seed);
        input.push_back(static_cast<std::uint8_t>(count));
        block = to_bytes(prf(id, key, {input}).view());
        append(result, block);
    }
    return result;
}

TEST_CASE("prf+ is a prefix of the naive construction, at every length") {
    const Bytes key = SeededRandom(2).bytes(40);
    const Bytes seed = SeededRandom(3).bytes(77);
    for (const PrfId id : kPrfs) {
        const std::size_t most = 255 * output_length(id);
        const Bytes all = naive_prf_plus(id, key, seed, 255);
        for (std::size_t length = 0; length <= 4 * output_length(id) + 1; ++length) {
            const Secret result = prf_plus(id, key, {seed}, length);
            CHECK(to_bytes(result.view()) == to_bytes(ByteView(all).first(length)));
        }
        CHECK(to_bytes(prf_plus(id, key, {ByteView(seed).first(9), ByteView(seed).subspan(9)}, most).view()) == all);
        CHECK(test::aborts([&] { (void)prf_plus(id, key, {seed}, most + 1); }));
    }
}

TEST_CASE("SHA-1 is that of FIPS 180") {
    CHECK(to_hex(sha1({})) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(to_hex(sha1({as_bytes("a"), {}, as_bytes("bc")})) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(to_hex(sha1({as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")})) ==
          "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

}  // namespace
}  // namespace esplane::crypto
