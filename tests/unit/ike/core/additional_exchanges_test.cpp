// Additional key exchanges in proposals (RFC 9370 2.2.1).
#include "tests/unit/ike/core/proposal_samples.h"

namespace esplane::ike {
namespace {

using namespace samples;  // NOLINT(google-build-using-namespace)

TEST_CASE("additional key exchanges are written as strongSwan users write them") {
    for (const std::string_view text :
         {"aes256gcm16-prfsha384-ecp384-ke1_mlkem768", "aes256gcm16-prfsha384-ecp384-ke1_mlkem768-ke1_none",
          "aes256gcm16-prfsha384-ecp384-x25519-ke1_mlkem768-ke1_mlkem1024-ke7_modp3072"}) {
        INFO(text);
        const auto parsed = parse_ike_proposal(text);
        REQUIRE(parsed.ok());
        CHECK(to_string(*parsed) == text);
    }
    CHECK(to_string(parse_ike_proposal("aes256gcm16-KE2_CURVE25519-prfsha256-ecp256").value()) ==
          "aes256gcm16-prfsha256-ecp256-ke2_x25519");
}

TEST_CASE("what is wrong with an additional key exchange is said") {
    struct Case {
        std::string_view text;
        std::string_view problem;
    };
    for (const Case& each : {
             Case{"aes256gcm16-prfsha256-ecp256-ke1_mlkem769", "'mlkem769' in ke1_mlkem769 is no key exchange"},
             Case{"aes256gcm16-prfsha256-ecp256-ke1_sha256", "is no key exchange"},
             Case{"aes256gcm16-prfsha256-ecp256-ke8_mlkem768", "unknown word 'ke8_mlkem768'"},
             Case{"aes256gcm16-prfsha256-ecp256-ke0_mlkem768", "unknown word"},
             Case{"aes256gcm16-prfsha256-ecp256-ke1_", "is no key exchange"},
             Case{"aes256gcm16-prfsha256-mlkem768", "write ke1_mlkem768"},
             Case{"aes256gcm16-prfsha256-ke1_mlkem768", "a group is missing"},
             Case{"aes256gcm16-prfsha256-ecp256-ke1_none", "ke1_none is alone"},
             Case{"aes256gcm16-prfsha256-ecp256-ke1_ecp256", "the same key exchange once more"},
             Case{"aes256gcm16-prfsha256-ecp256-ke1_x25519-ke2_x25519", "the same key exchange once more"},
             Case{"aes256gcm16-prfsha256-ecp256-ke1_x25519-ke1_x25519", "named twice"},
         }) {
        INFO(each.text);
        const auto parsed = parse_ike_proposal(each.text);
        REQUIRE_FALSE(parsed.ok());
        CHECK_THAT(parsed.error(), Catch::Contains(std::string(each.problem)));
    }
    CHECK_THAT(parse_esp_proposal("aes256gcm16-ecp256-ke1_mlkem768").error(), Catch::Contains("ike.proposals alone"));
}

TEST_CASE("additional key exchanges are chosen by place, and no method twice") {
    struct Case {
        std::string_view offered;
        std::string_view ours;
        std::string_view chosen;
    };
    const std::string_view p = "aes256gcm16-prfsha256-";
    for (const Case& each : {
             Case{"ecp256-ke1_mlkem768", "ecp256-ke1_mlkem768", "ecp256-ke1_mlkem768"},
             Case{"ecp256-ke1_mlkem768-ke1_mlkem1024", "ecp256-ke1_mlkem1024-ke1_mlkem768", "ecp256-ke1_mlkem1024"},
             Case{"ecp256-ke1_mlkem768", "ecp256-ke2_mlkem768", ""},
             Case{"ecp256-ke1_mlkem768", "ecp256", ""},
             Case{"ecp256", "ecp256-ke1_mlkem768", ""},
             Case{"ecp256-ke1_mlkem768-ke1_none", "ecp256", "ecp256"},
             Case{"ecp256", "ecp256-ke1_mlkem768-ke1_none", "ecp256"},
             Case{"ecp256-ke1_mlkem768-ke1_none", "ecp256-ke1_x25519-ke1_none", "ecp256"},
             Case{"ecp256-ke1_mlkem768-ke1_none", "ecp256-ke1_mlkem768-ke1_none", "ecp256-ke1_mlkem768"},
             // The group itself counts.
             Case{"ecp256-x25519-ke1_x25519-ke1_ecp384", "x25519-ecp256-ke1_x25519-ke1_ecp384", "x25519-ke1_ecp384"},
             Case{"ecp256-ke1_x25519-ke1_ecp384-ke2_x25519-ke2_ecp384",
                  "ecp256-ke1_x25519-ke1_ecp384-ke2_x25519-ke2_ecp384", "ecp256-ke1_x25519-ke2_ecp384"},
         }) {
        INFO(each.offered << " by " << each.ours);
        const std::string theirs = std::string(p) + std::string(each.offered);
        const std::string ours = std::string(p) + std::string(each.ours);
        const auto offer = offer_ike(ike({theirs}), kNoSpi);
        const auto chosen = choose_ike(offer, ike({ours}));
        CHECK(shown(chosen) == (each.chosen.empty() ? "none" : std::string(p) + std::string(each.chosen)));
        if (chosen) CHECK(shown(accept_ike({chosen->answer}, offer)) == shown(chosen));
    }
}

TEST_CASE("an answer that uses a method twice, or leaves a place open, is refused") {
    const auto offer =
        offer_ike(ike({"aes256gcm16-prfsha256-ecp256-x25519-ke1_x25519-ke1_mlkem768-ke2_x25519-ke2_mlkem768"}), kNoSpi);
    const auto answer = [&](std::uint16_t first, std::optional<std::uint16_t> second) {
        Proposal made{1, ProtocolId::kIke, {}, {encr(20, 256), other(T::kPrf, 5), other(T::kDh, 31)}};
        made.transforms.push_back(other(T{6}, first));
        if (second) made.transforms.push_back(other(T{7}, *second));
        return accept_ike({made}, offer).has_value();
    };
    CHECK_FALSE(answer(36, 36));
    CHECK_FALSE(answer(31, 36));
    CHECK_FALSE(answer(36, 31));
    CHECK_FALSE(answer(36, std::nullopt));
    CHECK_FALSE(answer(36, 0));
    CHECK_FALSE(answer(37, 36));
}

}  // namespace
}  // namespace esplane::ike
