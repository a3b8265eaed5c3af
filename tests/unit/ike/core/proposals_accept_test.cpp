#include "tests/unit/ike/core/proposal_samples.h"

namespace esplane::ike {
namespace {

using namespace samples;  // NOLINT(google-build-using-namespace)

TEST_CASE("An answer to an IKE offer must be one of its proposals, with one transform of each type") {
    const auto offered =
        offer_ike(ike({"aes256gcm16-aes128gcm16-prfsha384-ecp384", "aes256-sha256-modp2048-ecp256"}), kNoSpi);
    const Transform cbc = encr(12, 256);
    const Transform integ = other(T::kInteg, 12);
    const Transform prf = other(T::kPrf, 5);
    const Transform dh = other(T::kDh, 14);
    struct Case {
        std::string_view name;
        Proposal answer;
        bool fits;
    };
    const Case cases[] = {
        {"the second", {2, ProtocolId::kIke, {}, {cbc, integ, prf, dh}}, true},
        {"in another order", {2, ProtocolId::kIke, {}, {dh, prf, integ, cbc}}, true},
        {"the first", {1, ProtocolId::kIke, {}, {encr(20, 128), other(T::kPrf, 6), other(T::kDh, 20)}}, true},
        {"the first, INTEG NONE spelt out",
         {1, ProtocolId::kIke, {}, {encr(20, 128), other(T::kInteg, 0), other(T::kPrf, 6), other(T::kDh, 20)}},
         true},
        {"the second under the first's number", {1, ProtocolId::kIke, {}, {cbc, integ, prf, dh}}, false},
        {"under no number of ours", {3, ProtocolId::kIke, {}, {cbc, integ, prf, dh}}, false},
        {"number 0", {0, ProtocolId::kIke, {}, {cbc, integ, prf, dh}}, false},
        {"another protocol", {2, ProtocolId::kEsp, {}, {cbc, integ, prf, dh}}, false},
        {"an SPI where there was none", {2, ProtocolId::kIke, kIkeSpi, {cbc, integ, prf, dh}}, false},
        {"two groups", {2, ProtocolId::kIke, {}, {cbc, integ, prf, dh, other(T::kDh, 19)}}, false},
        {"the same group twice", {2, ProtocolId::kIke, {}, {cbc, integ, prf, dh, dh}}, false},
        {"no group", {2, ProtocolId::kIke, {}, {cbc, integ, prf}}, false},
        {"no PRF", {2, ProtocolId::kIke, {}, {cbc, integ, dh}}, false},
        {"no integrity", {2, ProtocolId::kIke, {}, {cbc, prf, dh}}, false},
        {"integrity NONE", {2, ProtocolId::kIke, {}, {cbc, other(T::kInteg, 0), prf, dh}}, false},
        {"group NONE", {2, ProtocolId::kIke, {}, {cbc, integ, prf, other(T::kDh, 0)}}, false},
        {"a group that was not offered", {2, ProtocolId::kIke, {}, {cbc, integ, prf, other(T::kDh, 2)}}, false},
        {"a key length that was not offered", {2, ProtocolId::kIke, {}, {encr(12, 128), integ, prf, dh}}, false},
        {"no key length", {2, ProtocolId::kIke, {}, {encr(12, std::nullopt), integ, prf, dh}}, false},
        {"an attribute of its own", {2, ProtocolId::kIke, {}, {{T::kEncr, 12, 256, true}, integ, prf, dh}}, false},
        {"a type of its own", {2, ProtocolId::kIke, {}, {cbc, integ, prf, dh, other(T::kEsn, 0)}}, false},
        {"a type that no one knows", {2, ProtocolId::kIke, {}, {cbc, integ, prf, dh, other(T{13}, 0)}}, false},
        {"an additional key exchange that was not offered",
         {2, ProtocolId::kIke, {}, {cbc, integ, prf, dh, other(T{6}, 36)}},
         false},
        {"none in its place, which goes without saying",
         {2, ProtocolId::kIke, {}, {cbc, integ, prf, dh, other(T{6}, 0)}},
         true},
        {"nothing", {2, ProtocolId::kIke, {}, {}}, false},
        {"the whole offer back", offered[1], false},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        CHECK(accept_ike({each.answer}, offered).has_value() == each.fits);
    }
    CHECK_FALSE(accept_ike({}, offered).has_value());
    CHECK_FALSE(accept_ike({cases[0].answer, cases[0].answer}, offered).has_value());
    CHECK_FALSE(accept_ike({cases[0].answer}, {}).has_value());
}

TEST_CASE("An answer to an ESP offer keeps PFS, and its SPI can name an SA") {
    const Transform gcm = encr(20, 256);
    const Transform no_esn = other(T::kEsn, 0);
    const Transform esn = other(T::kEsn, 1);
    const auto with_pfs = offer_esp(esp({"aes256gcm16-ecp256"}), kEspSpi, true, true);
    const auto without = offer_esp(esp({"aes256gcm16"}), kEspSpi, true, true);
    const auto plain = offer_esp(esp({"aes256gcm16"}), kEspSpi, true, false);
    const Transform ecp = other(T::kDh, 19);
    const Transform none = other(T::kDh, 0);
    struct Case {
        std::string_view name;
        const std::vector<Proposal>& offered;
        std::vector<Transform> answer;
        std::string_view expected;
    };
    const Case cases[] = {
        {"PFS", with_pfs, {gcm, ecp, esn}, "aes256gcm16-ecp256-esn"},
        {"PFS left out", with_pfs, {gcm, esn}, "none"},
        {"PFS answered with NONE", with_pfs, {gcm, none, esn}, "none"},
        {"PFS that was not offered", without, {gcm, ecp, esn}, "none"},
        {"NONE spelt out", without, {gcm, none, no_esn}, "aes256gcm16"},
        {"INTEG NONE spelt out", without, {gcm, other(T::kInteg, 0), no_esn}, "aes256gcm16"},
        {"an integrity algorithm", without, {gcm, other(T::kInteg, 12), no_esn}, "none"},
        {"ESN left out", without, {gcm}, "aes256gcm16"},
        {"both kinds of sequence number", without, {gcm, esn, no_esn}, "none"},
        {"ESN that was not offered", plain, {gcm, esn}, "none"},
        {"plain", plain, {gcm, no_esn}, "aes256gcm16"},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const Proposal answer{1, ProtocolId::kEsp, from_hex("c0ffee00"), each.answer};
        const auto accepted = accept_esp({answer}, each.offered);
        CHECK(shown(accepted) == each.expected);
        if (accepted) CHECK(accepted->peer_spi == from_hex("c0ffee00"));
    }
    for (const std::string_view spi : {"", "00000000", "000000ff", "c0ffee0000", "c0ffee00c0ffee00"}) {
        INFO("SPI " << spi);
        CHECK_FALSE(accept_esp({{1, ProtocolId::kEsp, from_hex(spi), {gcm, no_esn}}}, plain).has_value());
    }
}

TEST_CASE("A rekey's answer has an IKE SPI that is not zero") {
    const auto offered = offer_ike(ike({"aes256-sha256-modp2048"}), kIkeSpi);
    const auto answer = [&](Bytes spi) -> std::vector<Proposal> {
        return {{1, ProtocolId::kIke, std::move(spi), offered.front().transforms}};
    };
    CHECK(accept_ike(answer(Bytes(8, 9)), offered).has_value());
    CHECK_FALSE(accept_ike(answer(Bytes(8, 0)), offered).has_value());
    CHECK_FALSE(accept_ike(answer({}), offered).has_value());
    CHECK_FALSE(accept_ike(answer(Bytes(4, 9)), offered).has_value());
}

TEST_CASE("INVALID_KE_PAYLOAD may ask for a group that was offered, for no other") {
    const auto offered = offer_ike(ike({"aes256gcm16-prfsha256-ecp256", "aes256-sha256-modp2048-modp4096"}), kNoSpi);
    for (const DhId group : {DhId::kEcp256, DhId::kModp2048, DhId::kModp4096}) {
        CHECK(offers_group(offered, group));
    }
    for (const DhId group : {DhId::kNone, DhId::kModp3072, DhId::kEcp384, DhId::kX25519, DhId{2}}) {
        CHECK_FALSE(offers_group(offered, group));
    }
    CHECK_FALSE(offers_group({}, DhId::kEcp256));
}

}  // namespace
}  // namespace esplane::ike
