// EAP-TLS in IKE_AUTH: what stands between the two certificates and a tunnel.

#include <catch2/catch.hpp>

#include "ike/eap/authenticator.h"
#include "ike/eap/supplicant.h"
#include "ike/eap/tls.h"
#include "tests/sim/eap_tunnels.h"
#include "tests/unit/crypto/test_revocation.h"

namespace esplane::sim {

using crypto::test::kDay;
using crypto::test::kNow;
using crypto::test::Made;
using crypto::test::tls_wish;
using crypto::test::Wish;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Made certified(const std::string& name) {
    return crypto::test::make(tls_wish(name), &eap_authority());
}

crypto::TlsSettings settings_of(crypto::TlsSide side, const Made& own, const std::vector<crypto::Certificate>& revoked,
                                const std::vector<Made>& above) {
    auto trust = crypto::TrustStore::of({eap_authority().certificate}).value();
    trust.add_crls(crypto::Crl::parse(crypto::test::make_crl({.revoked = revoked}, eap_authority())).value());
    std::vector<crypto::Certificate> chain{own.certificate};
    for (const Made& made : above)
        chain.push_back(made.certificate);
    const auto key = crypto::PrivateKey::of(own.key).value();
    return crypto::TlsSettings::of(side, {chain, key, std::make_shared<const crypto::TrustStore>(std::move(trust))})
        .value();
}

ike::TunnelOptions client(const Made& own, const std::string& identity = "alice", const std::vector<Made>& above = {}) {
    auto options = eap_client();
    const crypto::Identity server{crypto::IdentityKind::kFqdn, to_bytes(as_bytes("right.example.org"))};
    const auto fits = [server](const crypto::Certificate& leaf) { return leaf.identity_fits(server); };
    options.eap_supplicant = std::make_shared<ike::eap::MethodSupplicant>(
        identity,
        ike::eap::MethodOffers{
            ike::eap::tls_peer(settings_of(crypto::TlsSide::kClient, own, {}, above), {fits, "right.example.org"})},
        "");
    return options;
}

ike::TunnelOptions server(const Made& own, const std::vector<crypto::Certificate>& revoked = {},
                          const std::vector<Made>& above = {}) {
    auto options = eap_server();
    options.eap_authenticator = std::make_shared<ike::eap::MethodAuthenticator>(
        ike::eap::MethodOffers{
            ike::eap::tls_server(settings_of(crypto::TlsSide::kServer, own, revoked, above), nullptr)},
        "");
    return options;
}

}  // namespace

TEST_CASE("EAP-TLS brings a tunnel up, whose AUTH is made from its key") {
    Pair pair;
    pair.world.network.faults.delay = milliseconds(20);
    REQUIRE(pair.establish(client(certified("alice")), server(certified("right.example.org"))));
    CHECK(pair.world.ping(pair.left, pair.right));
    const auto rekey = pair.left.command(ike::Rekey{"t", true});
    REQUIRE(pair.world.run_until([&] { return pair.left.answer(rekey) != nullptr; }, seconds(10)));
    CHECK(pair.left.answer(rekey)->ok);
    pair.world.run_for(minutes(2));
    CHECK(pair.up());
    CHECK(pair.leftover() == "");
    CHECK(pair.right.engine().counters().half_open == 0);
}

TEST_CASE("EAP-TLS of long chains, of which no datagram is longer than any network takes") {
    Pair pair;
    std::size_t longest = 0;
    pair.world.network.filter = [&](const Packet& packet) {
        if (const auto* octets = std::get_if<Bytes>(&packet.content)) longest = std::max(longest, octets->size());
        return true;
    };
    std::vector<Made> above;
    const Made* issuer = &eap_authority();
    above.reserve(3);
    for (const char* level : {"one", "two", "three"}) {
        Wish wish = crypto::test::ca_wish(level);
        wish.key = "RSA-2048";
        above.push_back(crypto::test::make(wish, issuer));
        issuer = &above.back();
    }
    const Made left = crypto::test::make(tls_wish("alice"), issuer);
    const Made right = crypto::test::make(tls_wish("right.example.org"), issuer);
    REQUIRE(pair.establish(client(left, "alice", above), server(right, {}, above)));
    constexpr std::size_t kIpv6AndUdp = 48;
    CHECK(longest > 1000);
    CHECK(longest <= 1280 - kIpv6AndUdp);
}

TEST_CASE("EAP-TLS with each single datagram lost, sent twice, or late") {
    hold_against_mishaps(client(certified("alice")), server(certified("right.example.org")), 24);
}

TEST_CASE("a certificate that does not let the user in is told on both sides, and nothing comes of it") {
    const Made stranger = crypto::test::make(crypto::test::ca_wish("Another CA"));
    Wish late = tls_wish("alice");
    late.to = kNow - kDay / 2;
    const Made gateway = certified("right.example.org");
    const Made alice = certified("alice");
    struct Case {
        const char* what;
        ike::TunnelOptions left;
        ike::TunnelOptions right;
        std::string told_left;
        std::string told_right;
    };
    const Case cases[] = {
        {"expired", client(crypto::test::make(late, &eap_authority())), server(gateway),
         "it answers our certificate with the TLS alert 'certificate expired'", "has expired"},
        {"of another authority", client(crypto::test::make(tls_wish("alice"), &stranger)), server(gateway),
         "it answers our certificate with the TLS alert 'unknown CA'", "has an issuer that is not known here"},
        {"revoked", client(alice), server(gateway, {alice.certificate}),
         "it answers our certificate with the TLS alert 'certificate revoked'", "has been revoked"},
        {"for servers only", client(crypto::test::make(tls_wish("alice", "serverAuth"), &eap_authority())),
         server(gateway), "it answers our certificate with the TLS alert 'unsupported certificate'",
         "extendedKeyUsage lacks clientAuth"},
        {"another's", client(certified("bob")), server(gateway),
         "it answers our certificate with the TLS alert 'bad certificate'",
         "the peer has said to be 'alice', but its certificate CN=bob,O=Example is that of 'bob'"},
        {"a server of EAP of another name", client(alice), server(certified("radius.example.org")),
         "the certificate of its server of EAP, CN=radius.example.org,O=Example, does not speak for right.example.org",
         ""},
        {"a server of EAP of another authority", client(alice),
         server(crypto::test::make(tls_wish("right.example.org"), &stranger)), "has an issuer that is not known here",
         ""},
    };
    for (const Case& each : cases) {
        INFO(each.what);
        Pair pair;
        auto left = each.left;
        left.start = ike::StartMode::kListen;
        pair.add(left, each.right);
        pair.left.command(ike::Up{"t"});
        pair.world.run_for(minutes(2));
        CHECK(says(pair.left.last_error(), "eap_failed: "));
        CHECK(says(pair.left.last_error(), "(tls, EAP identity 'alice')"));
        CHECK(says(pair.left.last_error(), each.told_left));
        CHECK(says(pair.left.last_error(), "tunnels.t.auth: certificate, user, ca, crl and aaa_id"));
        if (!each.told_right.empty()) {
            CHECK(says(pair.right.last_error(), "eap_failed: "));
            CHECK(says(pair.right.last_error(), each.told_right));
            CHECK(says(pair.right.last_error(), "tunnels.t.auth: ca, crl and users_file"));
        }
        for (Node* side : {&pair.left, &pair.right}) {
            CHECK(side->status().state != ike::TunnelState::kEstablished);
            CHECK(side->dataplane().children().empty());
            CHECK(side->count("established") == 0);
            CHECK(side->engine().counters().ike_sas == 0);
            CHECK(side->engine().counters().timers == 0);
        }
    }
}

}  // namespace esplane::sim
