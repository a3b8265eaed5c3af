// Gateways that prove themselves by certificates (RFC 7296 2.15, RFC 7427, RFC 4945).

#include <catch2/catch.hpp>

#include "tests/sim/alone.h"
#include "tests/unit/crypto/test_authority.h"

namespace esplane::sim {

using crypto::test::ca_wish;
using crypto::test::kDay;
using crypto::test::kNow;
using crypto::test::leaf_wish;
using crypto::test::Made;
using crypto::test::Wish;
using std::chrono::seconds;

namespace {

const Made& authority() {
    static const Made made = crypto::test::make(ca_wish("Example CA"));
    return made;
}

crypto::PrivateKey key_of(const Made& made) {
    return crypto::PrivateKey::of(made.key).value();
}

std::shared_ptr<const ike::CertificateAuth> with(const Made& own, const Made& believed = authority()) {
    auto trust = std::make_shared<const crypto::TrustStore>(crypto::TrustStore::of({believed.certificate}).value());
    return std::make_shared<const ike::CertificateAuth>(
        ike::CertificateAuth{{own.certificate}, key_of(own), std::move(trust), crypto::RevocationPolicy::kRelaxed, {}});
}

Wish wish(const char* name, const char* key = "P-256") {
    Wish made = leaf_wish(name);
    made.key = key;
    return made;
}

ike::TunnelOptions left_with(std::shared_ptr<const ike::CertificateAuth> certificate) {
    auto options = left_tunnel();
    options.psk = nullptr;
    options.certificate = std::move(certificate);
    return options;
}

ike::TunnelOptions right_with(std::shared_ptr<const ike::CertificateAuth> certificate) {
    auto options = right_tunnel();
    options.psk = nullptr;
    options.certificate = std::move(certificate);
    return options;
}

std::string code_of(const Node& node) {
    const std::string error = node.last_error();
    return error.substr(0, error.find(':'));
}

Made gateway(const char* name, const char* key = "P-256") {
    return crypto::test::make(wish(name, key), &authority());
}

}  // namespace

TEST_CASE("certificates of every kind of key bring a tunnel up, and it stays up through rekeys") {
    for (const char* kind : {"RSA-2048", "P-256", "P-384", "P-521", "ED25519"}) {
        INFO(kind);
        Pair pair;
        CHECK(pair.establish(left_with(with(gateway("left.example.org", kind))),
                             right_with(with(gateway("right.example.org", "P-256")))));
        const auto rekey = pair.left.command(ike::Rekey{"t", true});
        CHECK(pair.world.run_until([&] { return pair.left.answer(rekey) != nullptr; }, seconds(10)));
        CHECK(pair.left.answer(rekey)->ok);
        CHECK(pair.up());
    }
}

TEST_CASE("a certificate that is not to be believed is refused on either side, and the reason is said") {
    struct Case {
        const char* code;
        Made made;
    };
    Wish expired = wish("peer.example.org");
    expired.to = kNow - kDay;
    Wish early = wish("peer.example.org");
    early.from = kNow + kDay;
    const Made stranger = crypto::test::make(ca_wish("Another CA"));
    const Case cases[] = {
        {"certificate_expired", crypto::test::make(expired, &authority())},
        {"certificate_not_yet_valid", crypto::test::make(early, &authority())},
        {"certificate_unknown_ca", crypto::test::make(wish("peer.example.org"), &stranger)},
        {"certificate_self_signed", crypto::test::make(wish("peer.example.org"))},
        {"certificate_identity", crypto::test::make(wish("other.example.org"), &authority())},
    };
    for (const Case& each : cases) {
        for (const bool initiator_is_bad : {false, true}) {
            INFO(each.code << (initiator_is_bad ? " of the initiator" : " of the responder"));
            Pair pair;
            auto left = left_with(with(gateway("left.example.org")));
            auto right = right_with(with(gateway("right.example.org")));
            auto& bad = initiator_is_bad ? left : right;
            auto& good = initiator_is_bad ? right : left;
            bad.certificate = with(each.made);
            bad.local_id = ike::Identity::parse("peer.example.org").value();
            good.remote_id = ike::IdentityPattern::any();
            Node& judge = initiator_is_bad ? pair.right : pair.left;
            Node& other = initiator_is_bad ? pair.left : pair.right;
            if (!initiator_is_bad) bad.remote_id = ike::IdentityPattern::any();
            pair.add(left, right);
            pair.world.run_for(seconds(5));
            CHECK(code_of(judge) == each.code);
            CHECK(judge.dataplane().children().empty());
            CHECK(other.status().state != ike::TunnelState::kEstablished);
            CHECK(judge.count("established") == 0);
        }
    }
}

TEST_CASE("a certificate that has run out since does not open a new IKE SA, and leaves the old one alone") {
    Pair pair;
    Wish short_lived = wish("left.example.org");
    short_lived.to = kNow + std::chrono::hours(2);
    CHECK(pair.establish(left_with(with(crypto::test::make(short_lived, &authority()))),
                         right_with(with(gateway("right.example.org")))));
    pair.world.run_for(std::chrono::hours(3));
    CHECK(pair.up());
    pair.left.command(ike::Down{"t"});
    pair.world.run_for(seconds(5));
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(5));
    CHECK(pair.left.status().state != ike::TunnelState::kEstablished);
    CHECK(code_of(pair.right) == "certificate_expired");
}

TEST_CASE("who proves itself by the other kind of proof is told apart, whichever side has which") {
    for (const bool left_has_key : {false, true}) {
        Pair pair;
        auto left = left_has_key ? left_tunnel() : left_with(with(gateway("left.example.org")));
        auto right = left_has_key ? right_with(with(gateway("right.example.org"))) : right_tunnel();
        pair.add(left, right);
        pair.world.run_for(seconds(5));
        CHECK(code_of(pair.right) == "authentication_failed");
        CHECK(code_of(pair.left) == "authentication_failed");
        CHECK(pair.right.dataplane().children().empty());
    }
}

TEST_CASE("somebody else's certificate proves nothing without its key") {
    Pair pair;
    auto thief = left_with(with(gateway("left.example.org")));
    const Made own = gateway("thief.example.org");
    auto stolen = *thief.certificate;
    stolen.key = key_of(own);
    thief.certificate = std::make_shared<const ike::CertificateAuth>(stolen);
    pair.add(thief, right_with(with(gateway("right.example.org"))));
    pair.world.run_for(seconds(5));
    CHECK(code_of(pair.right) == "wrong_signature");
    CHECK(pair.right.dataplane().children().empty());
}

TEST_CASE("a chain that is longer than a datagram travels in fragments, whatever is lost") {
    const Made intermediate = crypto::test::make(ca_wish("Issuing CA"), &authority());
    const auto chained = [&](const char* name) {
        const Made own = crypto::test::make(wish(name, "RSA-2048"), &intermediate);
        auto auth = *with(own);
        auth.chain.push_back(intermediate.certificate);
        return std::make_shared<const ike::CertificateAuth>(auth);
    };
    const auto left = left_with(chained("left.example.org"));
    const auto right = right_with(chained("right.example.org"));
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        INFO("seed " << seed);
        Pair pair(seed);
        pair.world.network.faults = {0.1, 0.2, milliseconds(3), milliseconds(30)};
        pair.add(left, right);
        CHECK(pair.world.run_until([&] { return pair.up(); }, seconds(300)));
    }
}

}  // namespace esplane::sim
