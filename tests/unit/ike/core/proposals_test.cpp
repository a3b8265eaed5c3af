#include "ike/wire/caps.h"
#include "tests/unit/ike/core/proposal_samples.h"

namespace esplane::ike {
namespace {

using namespace samples;  // NOLINT(google-build-using-namespace)

TEST_CASE("An IKE offer is numbered, and AEADs stand apart from ciphers with an integrity algorithm") {
    const auto offered =
        offer_ike(ike({"aes256gcm16-prfsha384-ecp384", "aes256-aes128-sha256-modp2048-ecp256"}), kNoSpi);
    const std::vector<Proposal> expected{
        {1, ProtocolId::kIke, {}, {encr(20, 256), other(T::kPrf, 6), other(T::kDh, 20)}},
        {2,
         ProtocolId::kIke,
         {},
         {encr(12, 256), encr(12, 128), other(T::kInteg, 12), other(T::kPrf, 5), other(T::kDh, 14), other(T::kDh, 19)}},
    };
    CHECK(offered == expected);
    CHECK(offer_ike(ike({"aes256gcm16-prfsha384-ecp384"}), kIkeSpi).front().spi == kIkeSpi);

    IkeProposal mixed = ike({"aes256-sha256-modp2048"}).front();
    mixed.encr.push_back({crypto::EncrId::kAesGcm16, 256});
    const auto split = offer_ike({mixed}, kNoSpi);
    REQUIRE(split.size() == 2);
    CHECK(to_string(split) == "aes256gcm16-prfsha256-modp2048, aes256-sha256-modp2048");
}

TEST_CASE("An ESP offer has groups only where they are negotiated, and both kinds of sequence number") {
    const auto configured = esp({"aes256gcm16-modp2048", "aes256gcm16-ecp256"});
    const auto first = offer_esp(configured, kEspSpi, false, true);
    const std::vector<Proposal> expected{
        {1, ProtocolId::kEsp, kEspSpi, {encr(20, 256), other(T::kEsn, 1), other(T::kEsn, 0)}}};
    CHECK(first == expected);  // without groups the two are the same, and are offered once
    const auto rekey = offer_esp(configured, kEspSpi, true, false);
    REQUIRE(rekey.size() == 2);
    CHECK(rekey[0].transforms == std::vector{encr(20, 256), other(T::kDh, 14), other(T::kEsn, 0)});
    CHECK(rekey[1].transforms == std::vector{encr(20, 256), other(T::kDh, 19), other(T::kEsn, 0)});
    CHECK(rekey[1].number == 2);
}

TEST_CASE("No more is offered than a message may hold") {
    std::vector<IkeProposal> many;
    for (std::uint16_t i = 0; i < 100; ++i) {
        many.push_back(ike({"aes256gcm16-prfsha256-ecp256"}).front());
        many.back().encr.front().key_bits = i;  // each another one
    }
    CHECK(offer_ike(many, kNoSpi).size() == wire::kMaxProposals);
}

TEST_CASE("Our order decides among what both have") {
    struct Case {
        std::initializer_list<std::string_view> theirs;
        std::initializer_list<std::string_view> ours;
        std::string_view expected;
        int number;  // of their proposal
    };
    const Case cases[] = {
        {{"aes256-sha256-modp2048"}, {"aes256-sha256-modp2048"}, "aes256-sha256-modp2048", 1},
        {{"aes128-sha256-modp2048", "aes256-sha256-modp2048"},
         {"aes256-aes128-sha256-modp2048"},
         "aes256-sha256-modp2048",
         2},
        {{"aes128-sha256-modp2048", "aes256-sha256-modp2048"},
         {"aes128-aes256-sha256-modp2048"},
         "aes128-sha256-modp2048",
         1},
        {{"aes256-sha256-modp2048", "aes256gcm16-prfsha256-ecp256"},
         {"aes256gcm16-prfsha256-ecp256", "aes256-sha256-modp2048"},
         "aes256gcm16-prfsha256-ecp256",
         2},
        {{"aes256-aes128-sha512-sha256-modp2048-ecp256"},
         {"aes128-sha256-sha512-ecp256-modp2048"},
         "aes128-sha256-ecp256",
         1},
        {{"aes256-sha256-modp2048"}, {"aes256gcm16-prfsha256-ecp256"}, "none", 0},
        {{"aes256-sha256-modp2048"}, {"aes256-sha256-ecp256"}, "none", 0},
        {{"aes256-sha256-modp2048"}, {"aes256-sha512-modp2048"}, "none", 0},
        {{"aes256-sha256-prfsha512-modp2048"}, {"aes256-sha256-modp2048"}, "none", 0},
        {{"aes256-sha256-modp2048"}, {"aes192-sha256-modp2048"}, "none", 0},
    };
    for (const Case& each : cases) {
        const auto chosen = choose_ike(offer_ike(ike(each.theirs), kNoSpi), ike(each.ours));
        INFO("expected " << each.expected);
        CHECK(shown(chosen) == each.expected);
        if (chosen) CHECK(chosen->answer.number == each.number);
    }
}

TEST_CASE("What a responder chooses, the initiator accepts, for IKE and ESP") {
    for (const std::string_view written :
         {"aes256-sha256-modp2048", "aes128gcm16-prfsha256-x25519", "aes256-aes128-sha512-sha256-ecp521-ecp256"}) {
        for (const Bytes& spi : {kNoSpi, kIkeSpi}) {
            const auto offered = offer_ike(ike({written}), spi);
            const auto chosen = choose_ike(offered, ike({written}));
            REQUIRE(chosen.has_value());
            CHECK(chosen->peer_spi == spi);
            const auto accepted = accept_ike({chosen->answer}, offered);
            REQUIRE(accepted.has_value());
            CHECK(accepted->suite == chosen->suite);
            CHECK(accepted->peer_spi == spi);
        }
    }
    for (const std::string_view written : {"aes256gcm16", "aes256gcm16-aes128gcm16-ecp256-modp2048"}) {
        for (const bool with_dh : {false, true}) {
            for (const int esn : {0, 1, 2, 3}) {  // bit 0: the initiator's wish, bit 1: the responder's
                const auto offered = offer_esp(esp({written}), kEspSpi, with_dh, (esn & 1) != 0);
                const auto chosen = choose_esp(offered, esp({written}), with_dh, (esn & 2) != 0);
                REQUIRE(chosen.has_value());
                CHECK(chosen->suite.esn == (esn == 3));
                CHECK((chosen->suite.dh != DhId::kNone) == (with_dh && written != "aes256gcm16"));
                const auto accepted = accept_esp({chosen->answer}, offered);
                REQUIRE(accepted.has_value());
                CHECK(accepted->suite == chosen->suite);
            }
        }
    }
}

}  // namespace
}  // namespace esplane::ike
