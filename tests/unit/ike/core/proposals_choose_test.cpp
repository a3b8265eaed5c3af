#include "tests/unit/ike/core/proposal_samples.h"

namespace esplane::ike {
namespace {

using namespace samples;  // NOLINT(google-build-using-namespace)

std::vector<Proposal> one_ike(std::vector<Transform> transforms) {
    return {{1, ProtocolId::kIke, {}, std::move(transforms)}};
}

std::vector<Proposal> one_esp(std::vector<Transform> transforms, Bytes spi = kEspSpi) {
    return {{1, ProtocolId::kEsp, std::move(spi), std::move(transforms)}};
}

TEST_CASE("An IKE proposal must have all that an IKE SA needs, and nothing that we do not understand") {
    const Transform cbc = encr(12, 256);
    const Transform gcm = encr(20, 256);
    const Transform integ = other(T::kInteg, 12);
    const Transform prf = other(T::kPrf, 5);
    const Transform dh = other(T::kDh, 14);
    struct Case {
        std::string_view name;
        std::vector<Transform> offered;
        bool fits;
    };
    const Case cases[] = {
        {"CBC", {cbc, integ, prf, dh}, true},
        {"GCM", {gcm, prf, dh}, true},
        {"GCM with INTEG NONE", {gcm, other(T::kInteg, 0), prf, dh}, true},
        {"GCM with an integrity algorithm", {gcm, integ, prf, dh}, false},
        {"CBC without integrity", {cbc, prf, dh}, false},
        {"CBC with INTEG NONE", {cbc, other(T::kInteg, 0), prf, dh}, false},
        {"no PRF", {cbc, integ, dh}, false},
        {"no group", {cbc, integ, prf}, false},
        {"group NONE", {cbc, integ, prf, other(T::kDh, 0)}, false},
        {"group NONE beside one", {cbc, integ, prf, other(T::kDh, 0), dh}, true},
        {"no cipher", {integ, prf, dh}, false},
        {"no key length", {encr(12, std::nullopt), integ, prf, dh}, false},
        {"a key length that AES does not have", {encr(12, 257), integ, prf, dh}, false},
        {"a key length of 0", {encr(12, 0), integ, prf, dh}, false},
        {"key length on the PRF", {cbc, integ, {T::kPrf, 5, 256, false}, dh}, false},
        {"unknown attribute", {{T::kEncr, 12, 256, true}, integ, prf, dh}, false},
        {"unknown attribute beside one without", {{T::kEncr, 12, 256, true}, cbc, integ, prf, dh}, true},
        {"unknown transform type", {cbc, integ, prf, dh, other(T{6}, 36)}, false},
        {"transform type 0", {cbc, integ, prf, dh, other(T{0}, 0)}, false},
        {"ESN in an IKE proposal", {cbc, integ, prf, dh, other(T::kEsn, 0)}, false},
        {"unknown identifiers beside known ones",
         {encr(99, 256), cbc, other(T::kInteg, 99), integ, prf, other(T::kPrf, 99), other(T::kDh, 99), dh},
         true},
        {"the same transform many times", std::vector<Transform>(128, cbc), false},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        const auto chosen =
            choose_ike(one_ike(each.offered), ike({"aes256-sha256-modp2048", "aes256gcm16-prfsha256-modp2048"}));
        REQUIRE(chosen.has_value() == each.fits);
        if (chosen) CHECK(accept_ike({chosen->answer}, one_ike(each.offered)).has_value());
    }
}

TEST_CASE("NONE is answered where it was offered in so many words") {
    const auto chosen = choose_ike(one_ike({encr(20, 256), other(T::kInteg, 0), other(T::kPrf, 5), other(T::kDh, 19)}),
                                   ike({"aes256gcm16-prfsha256-ecp256"}));
    REQUIRE(chosen.has_value());
    CHECK(chosen->answer.transforms ==
          std::vector{encr(20, 256), other(T::kInteg, 0), other(T::kPrf, 5), other(T::kDh, 19)});
}

TEST_CASE("A proposal of another protocol, or with an SPI that names nothing, is not chosen") {
    const std::vector<Transform> good{encr(20, 256), other(T::kEsn, 0)};
    const auto ours = esp({"aes256gcm16"});
    CHECK(choose_esp(one_esp(good), ours, false, true).has_value());
    CHECK(choose_esp(one_esp(good, from_hex("00000100")), ours, false, true).has_value());
    CHECK_FALSE(choose_esp(one_esp(good, from_hex("000000ff")), ours, false, true).has_value());  // reserved
    CHECK_FALSE(choose_esp(one_esp(good, from_hex("00000000")), ours, false, true).has_value());
    CHECK_FALSE(choose_esp(one_esp(good, {}), ours, false, true).has_value());
    CHECK_FALSE(choose_esp(one_esp(good, Bytes(8, 1)), ours, false, true).has_value());
    for (const int protocol : {0, 1, 2, 4, 255}) {
        CHECK_FALSE(choose_esp({{1, ProtocolId{static_cast<std::uint8_t>(protocol)}, kEspSpi, good}}, ours, false, true)
                        .has_value());
    }
    CHECK_FALSE(
        choose_ike({{1, ProtocolId::kIke, Bytes(8), offer_ike(ike({"aes256-sha256-ecp256"}), {})[0].transforms}},
                   ike({"aes256-sha256-ecp256"}))
            .has_value());  // an IKE SPI of zero
    CHECK_FALSE(choose_esp({}, ours, false, true).has_value());
}

TEST_CASE("PFS is what both sides say it is") {
    const Transform gcm = encr(20, 256);
    const Transform plain = other(T::kEsn, 0);
    const Transform ecp = other(T::kDh, 19);
    const Transform none = other(T::kDh, 0);
    struct Case {
        std::string_view name;
        std::vector<Transform> offered;
        std::string_view without;  // what we choose if we are configured without a group
        std::string_view with;     // and with ecp256
    };
    const Case cases[] = {
        {"no group", {gcm, plain}, "aes256gcm16", "none"},
        {"NONE", {gcm, none, plain}, "aes256gcm16", "none"},
        {"a group", {gcm, ecp, plain}, "none", "aes256gcm16-ecp256"},
        {"a group or NONE", {gcm, ecp, none, plain}, "aes256gcm16", "aes256gcm16-ecp256"},
        {"another group", {gcm, other(T::kDh, 14), plain}, "none", "none"},
        {"an unknown group", {gcm, other(T::kDh, 1000), plain}, "none", "none"},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        CHECK(shown(choose_esp(one_esp(each.offered), esp({"aes256gcm16"}), true, false)) == each.without);
        CHECK(shown(choose_esp(one_esp(each.offered), esp({"aes256gcm16-ecp256"}), true, false)) == each.with);
        // In IKE_AUTH groups count for nothing, and are not answered.
        const auto first = choose_esp(one_esp(each.offered), esp({"aes256gcm16-ecp256"}), false, false);
        REQUIRE(shown(first) == "aes256gcm16");
        CHECK(first->answer.transforms == std::vector{gcm, plain});
    }
}

TEST_CASE("Sequence numbers are extended if both want it, and plain if the type is missing") {
    const Transform gcm = encr(20, 256);
    const Transform yes = other(T::kEsn, 1);
    const Transform no = other(T::kEsn, 0);
    struct Case {
        std::string_view name;
        std::vector<Transform> offered;
        std::string_view wanted;    // what we choose with esn
        std::string_view unwanted;  // and without
    };
    const Case cases[] = {
        {"both", {gcm, yes, no}, "aes256gcm16-esn", "aes256gcm16"},
        {"both, the other way round", {gcm, no, yes}, "aes256gcm16-esn", "aes256gcm16"},
        {"extended only", {gcm, yes}, "aes256gcm16-esn", "none"},
        {"plain only", {gcm, no}, "aes256gcm16", "aes256gcm16"},
        {"missing", {gcm}, "aes256gcm16", "aes256gcm16"},
        {"unknown", {gcm, other(T::kEsn, 2)}, "none", "none"},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        CHECK(shown(choose_esp(one_esp(each.offered), esp({"aes256gcm16"}), true, true)) == each.wanted);
        CHECK(shown(choose_esp(one_esp(each.offered), esp({"aes256gcm16"}), true, false)) == each.unwanted);
    }
}

TEST_CASE("Every transform identifier of every type may be offered") {
    const auto ours = ike({"aes256-sha256-modp2048"});
    for (unsigned id = 0; id < 65536; ++id) {
        for (const T type : {T::kEncr, T::kPrf, T::kInteg, T::kDh}) {
            std::vector<Transform> transforms{encr(12, 256), other(T::kInteg, 12), other(T::kPrf, 5),
                                              other(T::kDh, 14)};
            for (Transform& transform : transforms) {
                if (transform.type == type) transform.id = static_cast<std::uint16_t>(id);
            }
            const bool expected = (type == T::kEncr && id == 12) || (type == T::kPrf && id == 5) ||
                                  (type == T::kInteg && id == 12) || (type == T::kDh && id == 14);
            if (choose_ike(one_ike(transforms), ours).has_value() != expected) FAIL("id " << id);
        }
    }
}

}  // namespace
}  // namespace esplane::ike
