// A peer's certificate whose status nobody tells: its issuer's responder is asked while IKE_AUTH waits (RFC 6960).

#include "tests/unit/crypto/test_revocation.h"

#include <openssl/ocsp.h>

#include <catch2/catch.hpp>

#include "tests/sim/sim.h"

namespace esplane::sim {

using crypto::test::kNow;
using crypto::test::Made;
using crypto::test::OcspWish;
using std::chrono::seconds;

namespace {

constexpr const char* kUrl = "http://ocsp.example.org/";

const Made& authority() {
    static const Made made = crypto::test::make(crypto::test::ca_wish("Example CA"));
    return made;
}

Made gateway(const char* name, const char* url = kUrl) {
    crypto::test::Wish wish = crypto::test::leaf_wish(name);
    wish.extensions.emplace_back("authorityInfoAccess", std::string("OCSP;URI:") + url);
    return crypto::test::make(wish, &authority());
}

std::shared_ptr<const ike::CertificateAuth> with(const Made& own, crypto::RevocationPolicy policy, bool fetches) {
    ike::CertificateAuth made;
    made.chain = {own.certificate};
    made.key = crypto::PrivateKey::of(own.key).value();
    made.trust = std::make_shared<const crypto::TrustStore>(crypto::TrustStore::of({authority().certificate}).value());
    made.revocation = policy;
    made.fetches_status = fetches;
    return std::make_shared<const ike::CertificateAuth>(std::move(made));
}

/// One of the two, `judge`, asks about the other one.
struct Trial {
    explicit Trial(bool judge_initiates, crypto::RevocationPolicy policy, const char* url = kUrl,
                   const ike::Options& options = {})
        : pair(1, options),
          left_made(gateway("left.example.org", url)),
          right_made(gateway("right.example.org", url)),
          judge(judge_initiates ? pair.left : pair.right),
          judged(judge_initiates ? right_made : left_made) {
        auto left = left_tunnel();
        auto right = right_tunnel();
        left.psk = right.psk = nullptr;
        const auto certificate = [&](const Made& own, bool judges) {
            return with(own, judges ? policy : crypto::RevocationPolicy::kRelaxed, judges);
        };
        left.certificate = certificate(left_made, judge_initiates);
        right.certificate = certificate(right_made, !judge_initiates);
        pair.add(left, right);
    }
    Bytes response(const OcspWish& wish = {}) const {
        return crypto::test::make_ocsp(wish, judged.certificate, authority(), authority());
    }
    void answer(Bytes response) {
        REQUIRE(judge.asked.size() == 1);
        judge.fetched({judge.asked.front().certificate, std::move(response)});
    }
    bool is_up() const {
        return pair.left.status().state == ike::TunnelState::kEstablished &&
               pair.right.status().state == ike::TunnelState::kEstablished;
    }
    std::string code() const {
        const std::string error = judge.last_error();
        return error.substr(0, error.find(':'));
    }

    Pair pair;
    Made left_made;
    Made right_made;
    Node& judge;
    const Made& judged;
};

}  // namespace

TEST_CASE("a peer whose certificate is good comes up when its issuer has said so, and not before") {
    const bool initiates = GENERATE(true, false);
    Trial trial(initiates, crypto::RevocationPolicy::kStrict);
    // Whatever is repeated meanwhile asks nobody again.
    trial.pair.world.run_for(seconds(4));
    REQUIRE(trial.judge.asked.size() == 1);
    CHECK(trial.judge.asked[0].url == kUrl);
    CHECK(trial.judge.asked[0].certificate == trial.judged.certificate.fingerprint());
    CHECK_FALSE(trial.is_up());
    CHECK(trial.judge.count("established") == 0);
    trial.answer(trial.response());
    trial.pair.world.run_for(seconds(1));
    CHECK(trial.is_up());
    CHECK(trial.pair.leftover() == "");

    SECTION("it is known for as long as the answer holds") {
        trial.pair.left.command(ike::Down{"t"});
        trial.pair.world.run_for(seconds(2));
        trial.pair.left.command(ike::Up{"t"});
        trial.pair.world.run_for(seconds(2));
        CHECK(trial.is_up());
        CHECK(trial.judge.asked.size() == 1);
    }
}

TEST_CASE("what the issuer says, or does not, decides by the policy") {
    struct Row {
        const char* what;
        std::optional<OcspWish> said;
        const char* strict;  ///< the error; empty: it comes up
        const char* relaxed;
    };
    const Row rows[] = {
        {"revoked", OcspWish{.status = V_OCSP_CERTSTATUS_REVOKED}, "certificate_revoked", "certificate_revoked"},
        {"unknown", OcspWish{.status = V_OCSP_CERTSTATUS_UNKNOWN}, "certificate_revocation_unknown", ""},
        {"out of date", OcspWish{.to = kNow - crypto::test::kDay / 2}, "certificate_revocation_unknown", ""},
        {"nothing", std::nullopt, "certificate_revocation_unknown", ""},
    };
    for (const Row& row : rows) {
        for (const bool initiates : {true, false}) {
            for (const bool is_strict : {true, false}) {
                INFO(row.what << (initiates ? ", we initiate" : ", the peer initiates")
                              << (is_strict ? ", strict" : ", relaxed"));
                Trial trial(initiates,
                            is_strict ? crypto::RevocationPolicy::kStrict : crypto::RevocationPolicy::kRelaxed);
                trial.pair.world.run_for(seconds(1));
                trial.answer(row.said ? trial.response(*row.said) : Bytes{});
                trial.pair.world.run_for(seconds(2));
                const std::string wanted = is_strict ? row.strict : row.relaxed;
                CHECK(trial.is_up() == wanted.empty());
                CHECK(trial.code() == wanted);
            }
        }
    }
}

TEST_CASE("who is gone when the answer comes is not missed") {
    const bool initiates = GENERATE(true, false);
    Trial trial(initiates, crypto::RevocationPolicy::kStrict);
    trial.pair.world.run_for(seconds(1));
    trial.judge.command(ike::RemoveTunnel{"t"});
    trial.pair.world.run_for(seconds(1));
    trial.answer(trial.response());
    trial.pair.world.run_for(seconds(60));
    CHECK(trial.judge.engine().counters().ike_sas == 0);
    CHECK(trial.judge.engine().counters().timers == 0);
}

TEST_CASE("a certificate that does not say where to ask is judged by what there is") {
    const bool initiates = GENERATE(true, false);
    Trial trial(initiates, crypto::RevocationPolicy::kStrict, "ldap://directory.example.org/");
    trial.pair.world.run_for(seconds(2));
    CHECK(trial.judge.asked.empty());
    CHECK(trial.code() == "certificate_revocation_unknown");
}

TEST_CASE("as responder: where too many wait already, a peer is asked about when it comes again") {
    ike::Options options;
    options.status_wait_limit = 0;
    SECTION("with no room at all") {
        Trial trial(false, crypto::RevocationPolicy::kStrict, kUrl, options);
        trial.pair.world.run_for(seconds(10));
        CHECK(trial.judge.asked.empty());
        CHECK_FALSE(trial.is_up());
        CHECK(trial.judge.engine().counters().half_open_dropped >= 3);
    }
    SECTION("an initiator, which knows whom it talks to, waits in any case") {
        Trial trial(true, crypto::RevocationPolicy::kStrict, kUrl, options);
        trial.pair.world.run_for(seconds(1));
        trial.answer(trial.response());
        trial.pair.world.run_for(seconds(1));
        CHECK(trial.is_up());
    }
}

}  // namespace esplane::sim
