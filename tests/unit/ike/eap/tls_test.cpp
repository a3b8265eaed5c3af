#include "ike/eap/tls.h"

#include <catch2/catch.hpp>

#include "ike/eap/bounds.h"
#include "ike/eap/tls_packet.h"
#include "tests/unit/crypto/raw_tls.h"
#include "tests/unit/ike/eap/tls_sides.h"

namespace esplane::ike::eap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using Catch::Contains;
using crypto::test::ca_wish;
using crypto::test::make;
using tls::Fragment;
using Kind = Step::Kind;

bool is_cut(const Bytes& packet) {
    return packet.size() > 6 && packet[4] == static_cast<std::uint8_t>(Type::kTls) && (packet[5] & 0x40) != 0;
}

TEST_CASE("Certificates prove both sides to each other, and both have the same key") {
    const auto talk = talk_by_tls("alice", alice());
    CHECK(talk->succeeded());
    CHECK(talk->server->identity() == "alice");
    CHECK(talk->server->method() == "tls");
    CHECK(talk->peer->method() == "tls");
    const auto other = talk_by_tls("alice", alice());
    CHECK(other->succeeded());
    CHECK_FALSE(equal_constant_time(other->server->msk().view(), talk->server->msk().view()));
}

TEST_CASE("Long messages go in fragments, which fit, and each of which is acknowledged") {
    std::size_t longest = 0;
    std::size_t fragments = 0;
    const auto watch = [&](std::size_t, const Bytes& packet) {
        longest = std::max(longest, packet.size());
        fragments += is_cut(packet) ? 1 : 0;
    };
    const auto talk =
        talk_by_tls("long", certified_at_length("long"), watch, certified_at_length("server.example.org"));
    CHECK(talk->succeeded());
    CHECK(fragments >= 6);
    CHECK(longest <= kTlsFragment + 10);
}

TEST_CASE("A certificate lets in whom it names, octet by octet") {
    struct Row {
        std::string identity;
        std::string common_name;
        std::string names;
        bool is_let_in;
    };
    const Row rows[] = {
        {"alice", "whoever", "DNS:alice", true},
        {"alice@example.org", "whoever", "email:alice@example.org", true},
        {"second", "whoever", "DNS:first,DNS:second", true},
        {"alice", "alice", "", true},
        // Another's.
        {"bob", "alice", "DNS:alice", false},
        {"Alice", "alice", "DNS:alice", false},
        {"alice\n", "alice", "DNS:alice", false},
        {"alic", "alice", "DNS:alice", false},
        {"bob", "alice", "", false},
        // The CN does not count beside any subjectAltName, whatever is in that.
        {"alice", "alice", "DNS:bob", false},
        {"alice", "alice", "URI:http://alice", false},
        {"alice", "alice", "DNS:*.example.org", false},
        {"a.example.org", "alice", "DNS:*.example.org", false},
        // An address is no user, and nor is a name with a blank.
        {"192.0.2.1", "alice", "IP:192.0.2.1", false},
        {"alice smith", "alice smith", "", false},
    };
    for (const Row& row : rows) {
        INFO(row.identity << " by CN " << row.common_name << ", " << row.names);
        const auto talk = talk_by_tls(row.identity, certified_by_authority(row.common_name, row.names));
        CHECK(talk->succeeded() == row.is_let_in);
        if (row.is_let_in) continue;
        CHECK(talk->server_end == Kind::kFailure);
        CHECK(talk->peer_end == Kind::kFailure);
        CHECK(talk->server->msk().empty());
        CHECK(talk->peer->msk().empty());
        CHECK_THAT(talk->server->why(), Contains("the peer has said to be '"));
        CHECK(talk->peer->why() == "it answers our certificate with the TLS alert 'bad certificate'");
    }
}

TEST_CASE("A list of users is for those with a certificate as well") {
    for (const auto& [name, is_let_in] : {std::pair{"carol", true}, {"alice", true}, {"mallory", false}}) {
        const Certified own = certified_by_authority(name, std::string("DNS:") + name);
        const auto talk = talk_of({tls_server_of(server_certificate(), users())}, name, {tls_peer_of(own)});
        run(*talk);
        CHECK(talk->succeeded() == is_let_in);
        if (!is_let_in) CHECK(talk->server->why() == "its certificate is that of 'mallory', who is not in users_file");
    }
}

TEST_CASE("A server of another name, or of another authority, gets no proof") {
    std::size_t from_peer = 0;
    const auto watch = [&](std::size_t number, const Bytes& packet) {
        if (number % 2 == 1) from_peer = std::max(from_peer, packet.size());
    };
    const auto run_with = [&](const Certified& server) { return talk_by_tls("alice", alice(), watch, server); };
    SECTION("of another name") {
        const auto talk = run_with(certified_by_authority("server.example.org", "DNS:evil.example.org"));
        CHECK(talk->peer->why() ==
              "the certificate of its server of EAP, CN=server.example.org,O=Example, does not "
              "speak for server.example.org");
        CHECK(talk->server->why() == "it answers our certificate with the TLS alert 'bad certificate'");
        CHECK_FALSE(talk->succeeded());
        CHECK(talk->server_end == Kind::kFailure);
        CHECK(talk->peer_end == Kind::kFailure);
    }
    SECTION("of another authority") {
        const auto stranger = make(ca_wish("Stranger"));
        const auto talk = run_with({make(certified("s", "DNS:server.example.org"), &stranger), {}});
        CHECK_THAT(talk->peer->why(), Contains("has an issuer that is not known here"));
        CHECK(talk->server->why() == "it answers our certificate with the TLS alert 'unknown CA'");
        CHECK_FALSE(talk->succeeded());
    }
    CHECK(from_peer < 300);  // a ClientHello, and no certificate
}

TEST_CASE("Of two methods the best that both have is taken") {
    const MethodOffers both{tls_server_of(server_certificate()), mschapv2_server(users())};
    const MethodOffers reversed{both[1], both[0]};
    const auto run_with = [&](const MethodOffers& server, const MethodOffers& peer) {
        auto talk = talk_of(server, "alice", peer);
        run(*talk);
        CHECK(talk->succeeded());
        return talk->server->method();
    };
    const MethodOffer by_password = password("Wonderland");
    const MethodOffer by_certificate = tls_peer_of(alice());
    for (const MethodOffers& server : {both, reversed}) {
        CHECK(run_with(server, {by_password}) == "mschapv2");
        CHECK(run_with(server, {by_certificate}) == "tls");
    }
    CHECK(run_with(both, {by_password, by_certificate}) == "tls");
    CHECK(run_with(reversed, {by_certificate, by_password}) == "mschapv2");
}

/// A server, and a peer that a test plays.
struct Server {
    crypto::SeededRandom random{3};
    std::unique_ptr<Method> method = tls_server_of(server_certificate()).make({random, crypto::test::kNow, "alice"});
    crypto::test::RawTls raw{{.own = &alice().own}};

    MethodStep hear(const Fragment& fragment) const { return method->receive(encode(fragment)); }
    /// Until the server's last flight.
    void go_to_end() {
        Bytes records = raw.advance({});
        while (!raw.done())
            records = raw.advance(tls::parse(hear({.data = records}).data)->data);
    }
};

TEST_CASE("A server begins with start, and has the key of any other TLS") {
    Server server;
    CHECK(to_hex(server.method->begin()) == "20");
    server.go_to_end();
    CHECK(server.method->msk().empty());
    CHECK(server.hear({}).kind == MethodStep::Kind::kDone);
    const crypto::Secret expected = server.raw.export_key("client EAP encryption", kMskSize);
    CHECK(equal_constant_time(server.method->msk().view(), expected.view()));
}

TEST_CASE("A server takes nothing that has no place where it stands") {
    Server server;
    std::string why;
    SECTION("start") {
        CHECK(server.hear({.start = true}).kind == MethodStep::Kind::kFailed);
        why = "it begins EAP-TLS where it is under way";
    }
    SECTION("an acknowledgement of nothing") {
        CHECK(server.hear({}).kind == MethodStep::Kind::kFailed);
        why = "its message of TLS is not a whole one";
    }
    SECTION("a part of a message") {
        const Bytes hello = server.raw.advance({});
        CHECK(server.hear({.data = ByteView(hello).first(20)}).kind == MethodStep::Kind::kFailed);
        why = "its message of TLS is not a whole one";
    }
    SECTION("too long a message") {
        CHECK(server.hear({.more = true, .total = 65537, .data = Bytes(1)}).kind == MethodStep::Kind::kFailed);
        why = "its fragments of EAP-TLS do not add up";
    }
    SECTION("nothing at all") {
        CHECK(server.method->receive({}).kind == MethodStep::Kind::kFailed);
        why = "its packet of EAP-TLS is malformed";
    }
    SECTION("the same message twice") {
        const Bytes hello = server.raw.advance({});
        CHECK(server.hear({.data = hello}).kind == MethodStep::Kind::kSend);
        const MethodStep alert = server.hear({.data = hello});
        CHECK(alert.kind == MethodStep::Kind::kSend);
        CHECK(to_hex(alert.data).substr(0, 4) == "0015");  // an alert
        CHECK(server.hear({}).kind == MethodStep::Kind::kFailed);
        why = "its TLS messages do not add up";
    }
    SECTION("more where the end is to be acknowledged") {
        server.go_to_end();
        CHECK(server.hear({.data = Bytes(1)}).kind == MethodStep::Kind::kFailed);
        why = "it does not accept the end of TLS";
    }
    CHECK(server.method->why().substr(0, why.size()) == why);
    CHECK(server.method->msk().empty());
    CHECK(server.hear({}).kind == MethodStep::Kind::kFailed);
}

TEST_CASE("A peer without a certificate hears of it, and is not let in") {
    Server server;
    crypto::test::RawTls raw{{}};
    Bytes records = raw.advance({});
    MethodStep step = server.hear({.data = records});
    step = server.hear({.data = raw.advance(tls::parse(step.data)->data)});
    CHECK(step.kind == MethodStep::Kind::kSend);
    CHECK(to_hex(step.data) == "0015030300020228");  // handshake failure
    CHECK(server.method->why() == "it has shown no certificate");
    CHECK(server.hear({}).kind == MethodStep::Kind::kFailed);
}

TEST_CASE("A fragment of ours that is not acknowledged ends it") {
    for (const bool of_server : {true, false}) {
        std::size_t cut = 0;
        const auto answer_otherwise = [&](std::size_t number, Bytes& packet) {
            const bool is_ours = (number % 2 == 0) == of_server;
            if (is_ours && is_cut(packet) && cut == 0) cut = number;
            if (cut != 0 && number == cut + 1) {
                const auto code = of_server ? Code::kResponse : Code::kRequest;
                packet = encode({code, packet[1], Type::kTls, from_hex("0001")});
            }
        };
        const auto talk = talk_by_tls("long", certified_at_length("long"), answer_otherwise,
                                      certified_at_length("server.example.org"));
        CHECK(cut > 0);
        CHECK_FALSE(talk->succeeded());
        CHECK((of_server ? talk->server : talk->peer)->why() == "it does not acknowledge a fragment of EAP-TLS");
    }
}

TEST_CASE("A conversation has an end however small the fragments are") {
    Server server;
    const auto conversation =
        MethodAuthenticator({tls_server_of(server_certificate())}, "").begin_conversation(server.random, {});
    Step step{Kind::kSend, conversation->begin()};
    std::size_t rounds = 0;
    for (; step.kind == Kind::kSend; ++rounds) {
        const bool who = rounds == 0;
        const Bytes data = who ? Bytes{'a'} : encode(Fragment{.more = true, .total = 60000, .data = Bytes(1)});
        step =
            conversation->receive(encode({Code::kResponse, step.packet[1], who ? Type::kIdentity : Type::kTls, data}));
    }
    CHECK(step.kind == Kind::kFailure);
    CHECK(rounds == kMostRounds + 1);
}

TEST_CASE("A peer wants a start first, and only then") {
    crypto::SeededRandom random{3};
    const auto peer = tls_peer_of(alice()).make({random, crypto::test::kNow, "alice"});
    SECTION("not something else") {
        CHECK(peer->receive(encode(Fragment{.data = Bytes(9)})).kind == MethodStep::Kind::kFailed);
        CHECK(peer->why() == "it does not begin EAP-TLS with a start");
    }
    SECTION("not again") {
        CHECK(peer->receive(from_hex("20")).kind == MethodStep::Kind::kSend);
        CHECK(peer->receive(from_hex("20")).kind == MethodStep::Kind::kFailed);
        CHECK(peer->why() == "it begins EAP-TLS where it is under way");
    }
    SECTION("and tells an alert that comes then") {
        CHECK(peer->receive(from_hex("20")).kind == MethodStep::Kind::kSend);
        const MethodStep step = peer->receive(from_hex("00 15030300020228"));
        CHECK(step.kind == MethodStep::Kind::kSend);
        CHECK(to_hex(step.data) == "00");
        CHECK(peer->why() == "it breaks off with the TLS alert 'handshake failure'");
        CHECK(peer->receive(from_hex("20")).kind == MethodStep::Kind::kFailed);
    }
    CHECK(peer->msk().empty());
}

}  // namespace
}  // namespace esplane::ike::eap
