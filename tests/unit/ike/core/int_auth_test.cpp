#include "ike/core/int_auth.h"

#include <catch2/catch.hpp>

#include "ike/core/key_schedule.h"

namespace esplane::ike {
namespace {

using crypto::PrfId;
using crypto::Secret;

wire::Header header(bool is_response, std::uint32_t id) {
    wire::Header made;
    made.spi_i = IkeSpi{0x0102030405060708};
    made.spi_r = IkeSpi{0x1112131415161718};
    made.exchange = wire::ExchangeType::kIkeIntermediate;
    made.from_initiator = !is_response;
    made.is_response = is_response;
    made.message_id = id;
    return made;
}

/// A KE payload of x25519 with two octets for a value.
const wire::Chain kChain{wire::PayloadType::kKe, from_hex("0000000a001f0000aabb")};

std::string mac(ByteView key, std::string_view octets) {
    return to_hex(crypto::prf(PrfId::kHmacSha256, key, {from_hex(octets)}).view());
}

TEST_CASE("AUTH covers an IKE_INTERMEDIATE message as if nothing of it were encrypted") {
    // 28 octets of header, 4 of SK's, 10 of the chain: 42, of which SK has 14.
    CHECK(to_hex(wire::intermediate_octets(header(false, 1), kChain)) ==
          "010203040506070811121314151617182e202b08000000010000002a"
          "2200000e"
          "0000000a001f0000aabb");
    CHECK(to_hex(wire::intermediate_octets(header(true, 1), kChain)).substr(32, 8) == "2e202b20");
}

TEST_CASE("the IKE_INTERMEDIATE exchanges are chained by the keys of their time, each direction by itself") {
    const Bytes first_i(32, 1);
    const Bytes first_r(32, 2);
    const Bytes second_i(32, 3);
    const Bytes second_r(32, 4);
    IntAuth covered;
    CHECK(covered.octets().empty());
    covered.add(PrfId::kHmacSha256, Secret(first_i), header(false, 1), kChain);
    covered.add(PrfId::kHmacSha256, Secret(first_r), header(true, 1), kChain);
    covered.add(PrfId::kHmacSha256, Secret(second_i), header(false, 2), kChain);
    covered.add(PrfId::kHmacSha256, Secret(second_r), header(true, 2), kChain);
    const std::string of_chain = "2200000e0000000a001f0000aabb";
    const std::string spis = "01020304050607081112131415161718";
    const std::string one_i = mac(first_i, spis + "2e202b08000000010000002a" + of_chain);
    const std::string one_r = mac(first_r, spis + "2e202b20000000010000002a" + of_chain);
    const std::string two_i = mac(second_i, one_i + spis + "2e202b08000000020000002a" + of_chain);
    const std::string two_r = mac(second_r, one_r + spis + "2e202b20000000020000002a" + of_chain);
    CHECK(to_hex(covered.octets()) == two_i + two_r + "00000003");
}

TEST_CASE("what AUTH signs ends with the IKE_INTERMEDIATE exchanges") {
    const Secret key(Bytes(32, 5));
    const wire::Id id{2, from_hex("61")};
    const Bytes without = signed_octets(PrfId::kHmacSha256, from_hex("01"), from_hex("02"), key, id);
    const Bytes with = signed_octets(PrfId::kHmacSha256, from_hex("01"), from_hex("02"), key, id, from_hex("aabb"));
    CHECK(to_hex(with) == to_hex(without) + "aabb");
}

TEST_CASE("keys after an additional key exchange are made from SK_d, the new secret and the old nonces and SPIs") {
    const IkeSuite suite{
        {crypto::EncrId::kAesGcm16, 256}, PrfId::kHmacSha256, crypto::IntegId::kNone, crypto::DhId::kX25519};
    const Secret sk_d(Bytes(32, 6));
    const Secret shared(Bytes(32, 7));
    const Bytes ni(32, 8);
    const Bytes nr(32, 9);
    const auto keys = derive_rekeyed_ike_keys(suite.prf, sk_d, suite, shared, {ni, nr}, IkeSpi{1}, IkeSpi{2});
    // RFC 9370 2.2.2, by hand: T1 = prf(SKEYSEED, Ni | Nr | SPIi | SPIr | 1), of which SK_d is the first.
    const Secret seed = crypto::prf(suite.prf, sk_d.view(), {shared.view(), ni, nr});
    const Bytes spis = from_hex("00000000000000010000000000000002");
    const Secret first = crypto::prf(suite.prf, seed.view(), {ni, nr, spis, from_hex("01")});
    CHECK(to_hex(keys.sk_d.view()) == to_hex(first.view()));
}

}  // namespace
}  // namespace esplane::ike
