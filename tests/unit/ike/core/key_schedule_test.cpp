#include "ike/core/key_schedule.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/vectors/ikev2_kdf.h"

namespace esplane::ike {
namespace {

using crypto::DhId;
using crypto::Encr;
using crypto::EncrId;
using crypto::IntegId;
using crypto::PrfId;
using crypto::Secret;

constexpr Encr kCbc256{EncrId::kAesCbc, 256};

Secret secret(ByteView octets) {
    return Secret(octets);
}

std::string hex(const Secret& key) {
    return to_hex(key.view());
}

Bytes counting(std::uint8_t first, std::size_t count) {
    Bytes octets(count);
    std::iota(octets.begin(), octets.end(), first);
    return octets;
}

std::string concatenated(const IkeKeys& keys) {
    std::string all;
    for (const Secret* key :
         {&keys.sk_d, &keys.sk_ai, &keys.sk_ar, &keys.sk_ei, &keys.sk_er, &keys.sk_pi, &keys.sk_pr}) {
        all += hex(*key);
    }
    return all;
}

IkeSpi spi_of(std::string_view hex_digits) {
    return IkeSpi{load_be<std::uint64_t>(from_hex(hex_digits).data())};
}

/// The suite whose keys take up exactly the keying material of a published case.
IkeSuite suite_for(std::string_view hash) {
    if (hash == "sha256") return {kCbc256, PrfId::kHmacSha256, IntegId::kHmacSha256_128, DhId::kModp2048};
    return {kCbc256, PrfId::kHmacSha512, IntegId::kHmacSha512_256, DhId::kModp2048};
}

TEST_CASE("IKE keys are the published ones, cut in the order of RFC 7296 2.14") {
    for (const auto& vector : vectors::kIkev2Kdf) {
        INFO(vector.hash);
        const IkeSuite suite = suite_for(vector.hash);
        const Bytes ni = from_hex(vector.ni);
        const Bytes nr = from_hex(vector.nr);
        const auto keys =
            derive_ike_keys(suite, secret(from_hex(vector.g_ir)), {ni, nr}, spi_of(vector.spi_i), spi_of(vector.spi_r));
        CHECK(concatenated(keys) == vector.keymat);
        CHECK(keys.sk_d.size() == crypto::output_length(suite.prf));
        CHECK(keys.sk_ai.size() == crypto::key_length(suite.integ));
        CHECK(keys.sk_ar.size() == crypto::key_length(suite.integ));
        CHECK(keys.sk_ei.size() == 32);
        CHECK(keys.sk_er.size() == 32);
        CHECK(keys.sk_pi.size() == crypto::output_length(suite.prf));
        CHECK(keys.sk_pr.size() == crypto::output_length(suite.prf));
    }
}

TEST_CASE("CHILD_SA keys without PFS are the published ones") {
    for (const auto& vector : vectors::kIkev2Kdf) {
        INFO(vector.hash);
        const PrfId prf = suite_for(vector.hash).prf;
        const Bytes ni = from_hex(vector.ni);
        const Bytes nr = from_hex(vector.nr);
        const Bytes keymat = from_hex(vector.keymat);
        const Secret sk_d = secret(ByteView(keymat).first(crypto::output_length(prf)));
        for (const EspSuite& suite : {EspSuite{{EncrId::kAesGcm16, 128}}, EspSuite{{EncrId::kAesGcm16, 256}},
                                      EspSuite{kCbc256, IntegId::kHmacSha512_256}}) {
            const auto keys = derive_child_keys(prf, sk_d, suite, nullptr, {ni, nr});
            const std::string both = hex(keys.initiator_to_responder) + hex(keys.responder_to_initiator);
            CHECK(both == vector.child.substr(0, both.size()));
            const std::size_t salt = crypto::salt_length(suite.encr.id);
            CHECK(keys.initiator_to_responder.size() ==
                  crypto::key_length(suite.encr) + salt + crypto::key_length(suite.integ));
            CHECK(keys.responder_to_initiator.size() == keys.initiator_to_responder.size());
        }
    }
}

// No vector is published for the rest. The values below were computed from the formulas of RFC 7296 by Python's hmac:
//   prfplus(h, k, s, n): T1 = hmac(k, s | 1), Tn = hmac(k, Tn-1 | s | n), concatenated and cut to n octets
const Bytes kNi = counting(0x10, 32);
const Bytes kNr = counting(0x40, 32);
constexpr IkeSpi kSpiI{0x0102030405060708};
constexpr IkeSpi kSpiR{0x1112131415161718};
const IkeSuite kGcmSuite{{EncrId::kAesGcm16, 256}, PrfId::kHmacSha384, IntegId::kNone, DhId::kX25519};

TEST_CASE("With an AEAD, SK_e has a salt and SK_a is empty (RFC 5282 7.1)") {
    const auto keys = derive_ike_keys(kGcmSuite, secret(Bytes(32, 0xa5)), {kNi, kNr}, kSpiI, kSpiR);
    CHECK(keys.sk_ai.empty());
    CHECK(keys.sk_ar.empty());
    CHECK(hex(keys.sk_d) ==
          "97b689f03115ee0e60692be9ff5eeca6a979a22901bcc1e57774ab0dcd54e67069e0646f7a1c3fea2a875beae7671c80");
    CHECK(hex(keys.sk_ei) == "9a81b9ce3865ce750e7c4a508bf7d8c102ed2d62ce83ee31e7ca9dbc636a356cd0c34195");
    CHECK(hex(keys.sk_er) == "0b6834d79df7e4e0ac899369db5327c0998ba64ecff86c4f9934c39fd9053066ad7ac4d2");
    CHECK(hex(keys.sk_pi) ==
          "53e0f8ff72202d34bb654faefac134d9b4d3f84274ec67198b72bee25b77674ae74fb9065229269140d8020995767189");
    CHECK(hex(keys.sk_pr) ==
          "d1b3c1aa3e5fdccf135237247cfc8752b8dae19954d87d96d2af8b42cb5d7a632620385cff05e091541fc45e31e6b266");
}

TEST_CASE("A rekeyed IKE SA takes SKEYSEED from the old PRF and all else from the new one") {
    const auto keys = derive_rekeyed_ike_keys(PrfId::kHmacSha256, secret(Bytes(32, 0x77)), kGcmSuite,
                                              secret(Bytes(32, 0xa5)), {kNi, kNr}, kSpiI, kSpiR);
    CHECK(concatenated(keys) ==
          "beb96fe0368b39017f0fb9c54701fb6fa2422ff6e2d9866b7829a6fb86ed4b9993bb61a3b8ba2c08c82e74deaba45547"
          "e68a8cdbfbe4b5a18f37c51712cb0004fc231911eff48869780628dde1feba7a7fbe84330a55d6d96204c50a7ba0436e"
          "12ecf503a9bb9dfc6f23911f63e4e0e165f100c4d58c1da3520d4add1263224bdbc9a3c3c1a1009fac1c9bbfca1dd5ba"
          "3e1f7eb28fb08a3caaf816c599fdbe50c4e49fea80880643f82084252b619d1d79cb400044257c92e7b1ba10ab5e53ca"
          "2e7aa8ac541cc5f38a0bca2ea352ef4e901b1f05eb1a05c1");
}

TEST_CASE("CHILD_SA keys with PFS begin with the new shared secret; integrity keys stand behind the cipher's") {
    const Secret sk_d = secret(Bytes(48, 0x66));
    const Secret shared = secret(Bytes(32, 0xa5));
    const auto pfs = derive_child_keys(PrfId::kHmacSha384, sk_d, {{EncrId::kAesGcm16, 128}}, &shared, {kNi, kNr});
    CHECK(hex(pfs.initiator_to_responder) == "7f5f04ecba26c641b936bba015888e95d319d407");
    CHECK(hex(pfs.responder_to_initiator) == "0f7e49d0475be8c6fc0f63a802c3b1616837bc08");

    const auto cbc =
        derive_child_keys(PrfId::kHmacSha384, sk_d, {kCbc256, IntegId::kHmacSha256_128}, nullptr, {kNi, kNr});
    CHECK(hex(cbc.initiator_to_responder) ==
          "51c88bd018e367cd0fd490b73b0c633b81836a6083c5e24251438ac822f7f7c9"
          "4e58371aa4c7c03976dc3a43ba219223835c5b7e5216299fd46e6d9cc1bf3667");
    CHECK(hex(cbc.responder_to_initiator) ==
          "cfdd8ef9c0cf95668d5c26427fbbda400a96fffccd5068cce6d3c94aa50773d7"
          "004023d295741a7b5e081bc791df66d211a50026cc13f0886b9efcfeda06b521");
}

TEST_CASE("Every input of the key schedule matters, in its place") {
    const Secret shared = secret(Bytes(32, 0xa5));
    const auto derive = [&](Nonces nonces, IkeSpi spi_i, IkeSpi spi_r) {
        return concatenated(derive_ike_keys(kGcmSuite, shared, nonces, spi_i, spi_r));
    };
    const std::string keys = derive({kNi, kNr}, kSpiI, kSpiR);
    CHECK(derive({kNr, kNi}, kSpiI, kSpiR) != keys);
    CHECK(derive({kNi, kNr}, kSpiR, kSpiI) != keys);
    const auto other = derive_ike_keys(kGcmSuite, secret(Bytes(32, 0xa4)), {kNi, kNr}, kSpiI, kSpiR);
    CHECK(concatenated(other) != keys);
}

TEST_CASE("AUTH of a pre-shared key is that of RFC 7296 2.15") {
    const Secret psk = secret(as_bytes("correct horse battery staple"));
    const Secret sk_p = secret(Bytes(32, 0x55));
    const Bytes message = counting(0, 256);
    const wire::Id id{2, to_bytes(as_bytes("gw.example.org"))};
    const auto auth = psk_auth(PrfId::kHmacSha256, psk, message, kNr, sk_p, id);
    CHECK(hex(auth) == "b9a4667a781d5d62cb614ba40a98353a8a34e289c1a3ee387428730ee910027d");

    const auto differs = [&](const Secret& other) { return hex(other) != hex(auth); };
    CHECK(differs(psk_auth(PrfId::kHmacSha256, psk, message, kNi, sk_p, id)));
    CHECK(differs(psk_auth(PrfId::kHmacSha256, psk, message, kNr, sk_p, {3, id.value})));
    CHECK(differs(psk_auth(PrfId::kHmacSha256, psk, message, kNr, secret(Bytes(32, 0x54)), id)));
    CHECK(differs(psk_auth(PrfId::kHmacSha256, secret(as_bytes("wrong")), message, kNr, sk_p, id)));
    CHECK(differs(psk_auth(PrfId::kHmacSha256, psk, ByteView(message).first(255), kNr, sk_p, id)));
}

}  // namespace
}  // namespace esplane::ike
