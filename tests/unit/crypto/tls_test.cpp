#include "crypto/tls.h"

#include <catch2/catch.hpp>

#include "tests/unit/crypto/raw_tls.h"
#include "tests/unit/crypto/test_revocation.h"

namespace esplane::crypto {
namespace {

using Catch::Contains;
using test::ca_wish;
using test::kDay;
using test::kNow;
using test::leaf_wish;
using test::Made;
using test::make;
using test::RawTls;
using test::RawTlsWish;
using test::tls_wish;
using test::Wish;
using State = TlsHandshake::State;

constexpr std::string_view kLabel = "a label";

const Made& authority() {
    static const Made made = make(ca_wish("CA"));
    return made;
}

const Made& good() {
    static const Made made = make(tls_wish("good"), &authority());
    return made;
}

/// One side's certificates, and whom it believes.
struct Side {
    std::vector<Made> chain{good()};
    std::vector<Certificate> cas{authority().certificate};
    std::vector<Bytes> crls;
    RevocationPolicy revocation = RevocationPolicy::kRelaxed;
    TlsNameCheck check = [](const Certificate&) { return std::nullopt; };

    TlsSettings settings(TlsSide side) const {
        auto trust = TrustStore::of(cas).value();
        for (const Bytes& crl : crls)
            trust.add_crls(Crl::parse(crl).value());
        std::vector<Certificate> certificates;
        for (const Made& made : chain)
            certificates.push_back(made.certificate);
        const auto key = PrivateKey::of(chain.front().key).value();
        return TlsSettings::of(side,
                               {certificates, key, std::make_shared<const TrustStore>(std::move(trust)), revocation})
            .value();
    }
};

struct Two {
    explicit Two(const Side& server_side = {}, const Side& client_side = {})
        : server(server_side.settings(TlsSide::kServer), kNow, server_side.check),
          client(client_side.settings(TlsSide::kClient), kNow, client_side.check) {
        client_state = client.advance({});
        while (true) {
            Bytes records = client.take_output();
            if (records.empty()) return;
            server_state = server.advance(records);
            records = server.take_output();
            if (records.empty()) return;
            client_state = client.advance(records);
        }
    }
    bool done() const { return server_state == State::kDone && client_state == State::kDone; }

    TlsHandshake server;
    TlsHandshake client;
    State server_state = State::kGoesOn;
    State client_state = State::kGoesOn;
};

TEST_CASE("Both sides of TLS prove themselves, and have the same key, which nobody else has") {
    const Two two;
    REQUIRE(two.done());
    const Secret key = two.server.export_key(kLabel, 64);
    CHECK(equal_constant_time(key.view(), two.client.export_key(kLabel, 64).view()));
    CHECK_FALSE(equal_constant_time(key.view(), two.client.export_key("another", 64).view()));
    CHECK_FALSE(equal_constant_time(key.view(), Two().client.export_key(kLabel, 64).view()));
    CHECK(two.server.why().empty());
}

TEST_CASE("TLS by keys of every kind, and by an intermediate CA that is sent along") {
    for (const char* kind : {"P-256", "P-384", "P-521", "ED25519", "RSA-2048"}) {
        INFO(kind);
        Wish wish = tls_wish("leaf");
        wish.key = kind;
        const Made below = make(ca_wish("Below"), &authority());
        Side side;
        side.chain = {make(wish, &below), below};
        CHECK(Two(side, side).done());
        side.chain.pop_back();
        CHECK_FALSE(Two(side, side).done());
    }
}

/// One thing is wrong with the certificate of one side.
struct Bad {
    const char* what;
    Made own;
    std::string why;    ///< of the side that refuses it
    std::string alert;  ///< that the other side hears
};

std::vector<Bad> bad_certificates(const char* other_purpose) {
    Wish expired = tls_wish("expired");
    expired.to = kNow - kDay / 2;
    Wish early = tls_wish("early");
    early.from = kNow + kDay / 2;
    const Made stranger = make(ca_wish("Stranger"));
    return {
        {"expired", make(expired, &authority()), "CN=expired,O=Example", "certificate expired"},
        {"not yet valid", make(early, &authority()), "is not valid yet", "bad certificate"},
        {"of another CA", make(tls_wish("other"), &stranger), "has an issuer that is not known here", "unknown CA"},
        {"signed by itself", make(tls_wish("self")), "is signed by itself", "unknown CA"},
        {"for the other side only", make(tls_wish("usage", other_purpose), &authority()), "extendedKeyUsage lacks",
         "unsupported certificate"},
        {"for IKE only", make(leaf_wish("ike"), &authority()), "extendedKeyUsage lacks", "unsupported certificate"},
    };
}

TEST_CASE("A certificate that is not to be believed ends TLS, and both sides hear why") {
    for (const bool of_server : {true, false}) {
        for (const Bad& bad : bad_certificates(of_server ? "clientAuth" : "serverAuth")) {
            INFO((of_server ? "server: " : "client: ") << bad.what);
            Side side;
            side.chain = {bad.own};
            const Two two(of_server ? side : Side{}, of_server ? Side{} : side);
            CHECK(two.server_state == State::kFailed);
            CHECK(two.client_state == State::kFailed);
            CHECK_THAT((of_server ? two.client : two.server).why(), Contains(bad.why));
            CHECK_THAT((of_server ? two.server : two.client).why(),
                       Contains("it answers our certificate with the TLS alert '" + bad.alert + "'"));
        }
    }
}

TEST_CASE("Revocation counts in TLS as it does in IKE") {
    for (const bool of_server : {true, false}) {
        INFO((of_server ? "server" : "client"));
        const Bytes revoking = test::make_crl({.revoked = {good().certificate}}, authority());
        const Bytes vouching = test::make_crl({}, authority());
        const auto run = [&](RevocationPolicy policy, const std::vector<Bytes>& crls) {
            Side judge;
            judge.revocation = policy;
            judge.crls = crls;
            return Two(of_server ? Side{} : judge, of_server ? judge : Side{}).done();
        };
        CHECK(run(RevocationPolicy::kRelaxed, {}));
        CHECK(run(RevocationPolicy::kRelaxed, {vouching}));
        CHECK_FALSE(run(RevocationPolicy::kRelaxed, {revoking}));
        CHECK_FALSE(run(RevocationPolicy::kStrict, {}));
        CHECK_FALSE(run(RevocationPolicy::kStrict, {revoking}));
        CHECK(run(RevocationPolicy::kStrict, {vouching}));
        CHECK(run(RevocationPolicy::kOff, {revoking}));
    }
}

TEST_CASE("A certificate that is believed may still be another's") {
    for (const bool of_server : {true, false}) {
        Side judge;
        judge.check = [](const Certificate& leaf) { return "not " + leaf.subject(); };
        const Two two(of_server ? Side{} : judge, of_server ? judge : Side{});
        CHECK_FALSE(two.done());
        CHECK((of_server ? two.client : two.server).why() == "not CN=good,O=Example");
        CHECK_THAT((of_server ? two.server : two.client).why(), Contains("'bad certificate'"));
    }
}

State against_client(RawTls& raw, TlsHandshake& server) {
    State state = State::kGoesOn;
    for (Bytes records = raw.advance({}); !records.empty() && state == State::kGoesOn;) {
        state = server.advance(records);
        records = raw.advance(server.take_output());
    }
    return state;
}

TEST_CASE("A client without a certificate, of older TLS or of weaker suites is refused") {
    struct Row {
        const char* what;
        RawTlsWish wish;
        std::string why;  ///< empty: it is let in
    };
    const Row rows[] = {
        {"nothing wrong", {.own = &good()}, ""},
        {"of TLS 1.3 as well", {.own = &good(), .version = TLS1_3_VERSION}, ""},
        {"without a certificate", {}, "it has shown no certificate"},
        {"TLS 1.1", {.own = &good(), .least_version = 0, .version = TLS1_1_VERSION}, "it does not speak TLS 1.2"},
        {"TLS 1.0", {.own = &good(), .least_version = 0, .version = TLS1_VERSION}, "it does not speak TLS 1.2"},
        {"TLS 1.3 only",
         {.own = &good(), .least_version = TLS1_3_VERSION, .version = TLS1_3_VERSION},
         "it does not speak TLS 1.2"},
        {"key transport", {.own = &good(), .suites = "AES128-GCM-SHA256"}, "it has no TLS suite in common"},
        {"CBC", {.own = &good(), .suites = "ECDHE-ECDSA-AES128-SHA"}, "it has no TLS suite in common"},
        {"no encryption", {.own = &good(), .suites = "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"}, "it has no TLS suite"},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        RawTls raw(row.wish);
        const Side side;
        TlsHandshake server(side.settings(TlsSide::kServer), kNow, side.check);
        const State state = against_client(raw, server);
        CHECK((state == State::kDone) == row.why.empty());
        CHECK(server.why().substr(0, row.why.size()) == row.why);
        if (!row.why.empty()) continue;
        CHECK(raw.done());
        CHECK(equal_constant_time(raw.export_key(kLabel, 64).view(), server.export_key(kLabel, 64).view()));
    }
}

TEST_CASE("A server of older TLS or of weaker suites is refused") {
    struct Row {
        const char* what;
        RawTlsWish wish;
        std::string why;  ///< empty: it is believed
    };
    const RawTlsWish base{.side = TlsSide::kServer, .own = &good()};
    RawTlsWish old = base;
    old.least_version = 0;
    old.version = TLS1_1_VERSION;
    RawTlsWish newer = base;
    newer.least_version = TLS1_3_VERSION;
    newer.version = TLS1_3_VERSION;
    RawTlsWish weak = base;
    weak.suites = "ECDHE-ECDSA-AES128-SHA";
    const Row rows[] = {
        {"nothing wrong", base, ""},
        {"TLS 1.1, which has none of our suites", old, "it breaks off with the TLS alert 'handshake failure'"},
        {"TLS 1.3 only", newer, "it answers with the TLS alert 'protocol version': we speak TLS 1.2 only"},
        {"CBC", weak, "it breaks off with the TLS alert 'handshake failure'"},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        RawTls raw(row.wish);
        const Side side;
        TlsHandshake client(side.settings(TlsSide::kClient), kNow, side.check);
        State state = client.advance({});
        for (Bytes records = client.take_output(); !records.empty() && state == State::kGoesOn;) {
            state = client.advance(raw.advance(records));
            records = client.take_output();
        }
        CHECK((state == State::kDone) == row.why.empty());
        CHECK(client.why() == row.why);
    }
}

TEST_CASE("There is no ticket, and no session is resumed") {
    const Side side;
    const TlsSettings settings = side.settings(TlsSide::kServer);
    RawTls first({.own = &good()});
    TlsHandshake server(settings, kNow, side.check);
    REQUIRE(against_client(first, server) == State::kDone);
    const std::shared_ptr<SSL_SESSION> session(SSL_get1_session(first.handle()), SSL_SESSION_free);
    CHECK(SSL_SESSION_has_ticket(session.get()) == 0);
    RawTls second({.own = &good(), .session = session.get()});
    TlsHandshake again(settings, kNow, side.check);
    CHECK(against_client(second, again) == State::kDone);
    CHECK(SSL_session_reused(second.handle()) == 0);
}

TEST_CASE("What follows the handshake, or is none, is refused") {
    const Side side;
    SECTION("octets behind its end") {
        RawTls raw({.own = &good()});
        TlsHandshake server(side.settings(TlsSide::kServer), kNow, side.check);
        CHECK(server.advance(raw.advance({})) == State::kGoesOn);
        Bytes last = raw.advance(server.take_output());
        append(last, from_hex("1603030001"));
        CHECK(server.advance(last) == State::kFailed);
        CHECK(server.why() == "it sends more than the handshake of TLS");
        CHECK(server.advance({}) == State::kFailed);
    }
    SECTION("anything else") {
        for (const std::string_view octets : {"1603", "474554202f20485454502f312e30", "1603030000", "150303000202"}) {
            INFO(octets);
            TlsHandshake server(side.settings(TlsSide::kServer), kNow, side.check);
            CHECK(server.advance(from_hex(octets)) != State::kDone);
            CHECK(server.take_output().size() < 10);
        }
    }
}

TEST_CASE("A key that is not the certificate's is refused") {
    const PrivateKey other = PrivateKey::of(authority().key).value();
    const auto trust = std::make_shared<const TrustStore>(TrustStore::of({authority().certificate}).value());
    const auto settings = TlsSettings::of(TlsSide::kServer, {{good().certificate}, other, trust});
    REQUIRE_FALSE(settings);
    CHECK_THAT(settings.error(), Contains("OpenSSL does not take it for TLS"));
}

}  // namespace
}  // namespace esplane::crypto
