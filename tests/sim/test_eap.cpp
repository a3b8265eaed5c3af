// Initiators that prove themselves by EAP (RFC 7296 2.16), to gateways that do so by certificate.

#include <catch2/catch.hpp>

#include "tests/sim/eap_tunnels.h"

namespace esplane::sim {

using crypto::test::Made;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Nothing came of it, and nothing is left of it.
void check_refused(Pair& pair) {
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(side->status().state != ike::TunnelState::kEstablished);
        CHECK(side->dataplane().children().empty());
        CHECK(side->count("established") == 0);
    }
}

std::uint64_t datagrams_to_come_up() {
    static const std::uint64_t count = [] {
        Pair pair;
        REQUIRE(pair.establish(eap_client(), eap_server()));
        return pair.world.network.datagrams_sent;
    }();
    return count;
}

}  // namespace

TEST_CASE("EAP of one round or many brings a tunnel up, which is like any other") {
    for (const int rounds : {1, 2, 90}) {
        INFO(rounds);
        Pair pair;
        pair.world.network.faults.delay = milliseconds(20);
        REQUIRE(pair.establish(eap_client(), eap_server(rounds)));
        for (Node* side : {&pair.left, &pair.right}) {
            for (const bool ike : {false, true}) {
                const auto rekey = side->command(ike::Rekey{"t", ike});
                REQUIRE(pair.world.run_until([&] { return side->answer(rekey) != nullptr; }, seconds(10)));
                CHECK(side->answer(rekey)->ok);
                pair.world.run_for(seconds(3));
            }
        }
        pair.world.run_for(minutes(2));
        CHECK(pair.up());
        CHECK(pair.leftover() == "");
        CHECK(pair.right.engine().counters().half_open == 0);
    }
}

TEST_CASE("EAP without a CHILD_SA, and of a tunnel of several") {
    Pair pair;
    auto left = eap_client();
    auto right = eap_server();
    left.children = several_children(3);
    right.children = mirrored(left.children);
    const auto childless = GENERATE(ike::Childless::kNo, ike::Childless::kRequire);
    left.childless = childless;
    pair.add(left, right);
    pair.world.run_for(seconds(5));
    CHECK(pair.up(3));
    CHECK(pair.leftover(3) == "");
}

TEST_CASE("an EAP client negotiates anew in time, by EAP, and no packet is lost meanwhile") {
    Pair pair;
    auto left = eap_client();
    auto right = eap_server();
    const bool gateway_demands = GENERATE(false, true);
    (gateway_demands ? right : left).reauthentication = hours(1);
    REQUIRE(pair.establish(left, right));
    std::size_t lost = 0;
    for (int minute = 0; minute < 180; ++minute) {
        lost += pair.world.ping(pair.left, pair.right) ? 0 : 1;
        pair.world.run_for(minutes(1));
    }
    CHECK(lost == 0);
    CHECK(pair.up());
    CHECK(pair.left.status().ike->established_at > pair.world.now - hours(1));
    CHECK(pair.left.count("authentication_expired") == 0);
}

TEST_CASE("EAP with each single datagram lost, sent twice, or late") {
    const auto total = datagrams_to_come_up();
    REQUIRE(total >= 12);
    hold_against_mishaps(eap_client(), eap_server(), total);
}

TEST_CASE("EAP over a bad network") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        Pair pair(seed);
        pair.world.network.faults = {0.15, 0.15, milliseconds(10), milliseconds(200)};
        pair.add(eap_client(), eap_server(5));
        CHECK(pair.world.run_until([&] { return pair.left.status().state == ike::TunnelState::kEstablished; },
                                   minutes(5)));
        pair.world.network.faults = {};
        pair.world.run_for(minutes(2));
        CHECK(pair.up());
        CHECK(pair.leftover() == "");
    }
}

TEST_CASE("a wrong password and an unknown user are refused, and both sides say whose and why") {
    struct Case {
        const char* identity;
        const char* password;
        const char* shown;
        const char* why;
    };
    for (const Case& each : {
             Case{"alice", "guess", "EAP identity 'alice'", "the password is wrong"},
             Case{"mallory", "guess", "EAP identity 'mallory'", "nobody of this name is known"},
             Case{"a\nb\x1b[31m", "guess", "EAP identity 'a\\x0ab\\x1b[31m'", "nobody of this name is known"},
         }) {
        Pair pair;
        auto left = eap_client(each.identity, each.password);
        left.start = ike::StartMode::kListen;
        pair.add(left, eap_server());
        pair.left.command(ike::Up{"t"});
        pair.world.run_for(seconds(5));
        check_refused(pair);
        CHECK(says(pair.right.last_error(), "eap_failed: "));
        CHECK(says(pair.right.last_error(), each.shown));
        CHECK(says(pair.right.last_error(), "(fake, "));
        CHECK(says(pair.right.last_error(), each.why));
        CHECK(says(pair.left.last_error(), "eap_failed: "));
        CHECK(says(pair.left.last_error(), each.shown));
        CHECK(says(pair.left.last_error(), "the gateway refuses us"));
        CHECK(pair.right.count("eap_failed") == 1);
        pair.world.run_for(minutes(2));
        CHECK(pair.right.engine().counters().half_open == 0);
        CHECK(pair.right.engine().counters().ike_sas == 0);
        CHECK(pair.right.engine().counters().timers == 0);
        CHECK(pair.left.engine().counters().ike_sas == 0);
    }
}

TEST_CASE("the right password lets in who was refused before") {
    Pair pair;
    pair.add(eap_client("alice", "guess"), eap_server());
    pair.world.run_for(seconds(5));
    check_refused(pair);
    pair.left.command(ike::RemoveTunnel{"t"});
    pair.left.command(ike::AddTunnel{eap_client()});
    pair.world.run_for(seconds(5));
    CHECK(pair.up());
}

TEST_CASE("a gateway that is not to be believed hears nothing of EAP") {
    const Made stranger = crypto::test::make(crypto::test::ca_wish("Another CA"));
    Pair pair;
    auto right = eap_server();
    std::string code;
    SECTION("of another authority") {
        right.certificate = certificate_of(crypto::test::make(crypto::test::leaf_wish("right.example.org"), &stranger));
        code = "certificate_unknown_ca";
    }
    SECTION("of another name") {
        right.certificate =
            certificate_of(crypto::test::make(crypto::test::leaf_wish("evil.example.org"), &eap_authority()));
        code = "certificate_identity";
    }
    SECTION("with another identity than the one wanted") {
        right.certificate =
            certificate_of(crypto::test::make(crypto::test::leaf_wish("evil.example.org"), &eap_authority()));
        right.local_id = ike::Identity::parse("evil.example.org").value();
        code = "wrong_identity";
    }
    std::uint64_t from_left = 0;
    pair.world.network.filter = [&](const Packet& packet) {
        from_left += packet.source.address == kLeft ? 1 : 0;
        return true;
    };
    auto left = eap_client();
    left.start = ike::StartMode::kListen;
    if (code == "wrong_identity") left.remote_id = ike::IdentityPattern::parse("*.gateways.example.org").value();
    pair.add(left, right);
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(20));
    check_refused(pair);
    CHECK(says(pair.left.last_error(), code + ": "));
    CHECK(from_left == 2);  // IKE_SA_INIT, and the first IKE_AUTH
    CHECK(pair.right.count("eap_failed") == 0);
}

TEST_CASE("either side that restarts in the midst of EAP finds its way again") {
    for (std::uint64_t which = 1; which < datagrams_to_come_up(); ++which) {
        for (const bool client_restarts : {false, true}) {
            INFO("datagram " << which << (client_restarts ? ", the client" : ", the gateway"));
            Pair pair;
            std::uint64_t count = 0;
            Node& restarted = client_restarts ? pair.left : pair.right;
            pair.world.network.filter = [&](const Packet& packet) {
                if (!std::holds_alternative<Bytes>(packet.content) || ++count != which) return true;
                pair.world.at(milliseconds(0), [&] {
                    restarted.crash();
                    restarted.command(ike::AddTunnel{client_restarts ? eap_client() : eap_server()});
                });
                return true;
            };
            pair.add(eap_client(), eap_server());
            pair.world.run_for(minutes(4));
            CHECK(pair.up());
            CHECK(pair.leftover() == "");
        }
    }
}

TEST_CASE("a client that falls silent in the midst of EAP is forgotten after a minute") {
    for (std::uint64_t which = 4; which < datagrams_to_come_up(); ++which) {
        INFO("datagram " << which);
        Pair pair;
        std::uint64_t count = 0;
        pair.world.network.filter = [&](const Packet&) { return ++count < which; };
        auto left = eap_client();
        left.start = ike::StartMode::kListen;
        pair.add(left, eap_server());
        pair.left.command(ike::Up{"t"});
        pair.world.run_for(seconds(29));
        const bool is_up = pair.right.engine().counters().child_sas > 0;
        CHECK(pair.right.engine().counters().ike_sas == 1);
        pair.world.run_for(seconds(32));
        if (is_up) continue;  // its last request has arrived
        CHECK(pair.right.engine().counters().ike_sas == 0);
        CHECK(pair.right.engine().counters().half_open == 0);
        CHECK(pair.right.engine().counters().timers == 0);
        CHECK(says(pair.left.last_error(), "peer_silent: "));
    }
}

TEST_CASE("of two tunnels for the same peer, the kind of proof tells which is meant") {
    for (const bool by_eap : {false, true}) {
        Pair pair;
        auto keyed = right_tunnel();
        auto guarded = eap_server();
        guarded.id = dataplane::TunnelId{2};
        guarded.name = "eap";
        pair.right.command(ike::AddTunnel{keyed});
        pair.right.command(ike::AddTunnel{guarded});
        pair.left.command(ike::AddTunnel{by_eap ? eap_client() : left_tunnel()});
        pair.world.run_for(seconds(5));
        CHECK(pair.left.status().state == ike::TunnelState::kEstablished);
        CHECK((pair.right.status("eap").state == ike::TunnelState::kEstablished) == by_eap);
        CHECK((pair.right.status("t").state == ike::TunnelState::kEstablished) == !by_eap);
    }
}

TEST_CASE("a tunnel that asks for EAP is content with nothing else, and one that does not is not offered it") {
    Pair pair;
    auto left = eap_client();
    auto right = eap_server();
    SECTION("a certificate, and a good one") {
        left.eap_supplicant = nullptr;
        left.certificate =
            certificate_of(crypto::test::make(crypto::test::leaf_wish("left.example.org"), &eap_authority()));
    }
    SECTION("a pre-shared key") {
        left = left_tunnel();
    }
    SECTION("EAP where a certificate is wanted") {
        right.eap_authenticator = nullptr;
    }
    SECTION("EAP where a pre-shared key is wanted") {
        right = right_tunnel();
    }
    pair.add(left, right);
    pair.world.run_for(seconds(5));
    check_refused(pair);
    CHECK(says(pair.right.last_error(), "authentication_failed: "));
    CHECK(says(pair.left.last_error(), "authentication_failed: "));
}

TEST_CASE("a tunnel that is proven by EAP is not begun by the peer") {
    Pair pair;
    auto left = eap_client();
    left.start = ike::StartMode::kListen;
    auto right = eap_server();
    right.eap_authenticator = nullptr;
    pair.add(left, right);
    pair.right.command(ike::Up{"t"});
    pair.world.run_for(seconds(5));
    check_refused(pair);
    CHECK(says(pair.left.last_error(), "only_begins: "));
}

TEST_CASE("a tunnel that asks for EAP is not begun from its own side") {
    Pair pair;
    pair.add(eap_client(), eap_server());
    pair.world.run_for(seconds(5));
    REQUIRE(pair.up());
    const auto down = pair.left.command(ike::Down{"t"});
    CHECK(pair.world.run_until([&] { return pair.left.answer(down) != nullptr; }, seconds(10)));
    const auto up = pair.right.command(ike::Up{"t"});
    pair.world.run_for(seconds(5));
    REQUIRE(pair.right.answer(up) != nullptr);
    CHECK_FALSE(pair.right.answer(up)->ok);
    CHECK(says(pair.right.last_error(), "only_answers: "));
}

TEST_CASE("who says the same name but is another user of EAP leaves the first one alone") {
    for (const bool same_user : {false, true}) {
        World world;
        Node& alice = world.add(kLeft);
        Node& bob = world.add(kLeftPublic);
        Node& right = world.add(kRight);
        auto shared = eap_server();
        shared.remote_address.reset();
        right.command(ike::AddTunnel{shared});
        auto first = eap_client();
        auto second = same_user ? eap_client() : eap_client("bob", "pw of bob");
        second.local_address = kLeftPublic;
        alice.command(ike::AddTunnel{first});
        world.run_for(seconds(5));
        REQUIRE(alice.status().state == ike::TunnelState::kEstablished);
        bob.command(ike::AddTunnel{second});  // says INITIAL_CONTACT
        world.run_for(seconds(5));
        CHECK(bob.status().state == ike::TunnelState::kEstablished);
        CHECK(right.engine().counters().child_sas == (same_user ? 1 : 2));
    }
}

TEST_CASE("a PPK is mixed in at the end of EAP where both have it") {
    const auto ppk = [](const char* key, bool required) {
        ike::Ppk made;
        made.id = "ppk-1";
        made.key = crypto::Secret(as_bytes(key));
        made.required = required;
        return std::make_shared<const ike::Ppk>(std::move(made));
    };
    for (const bool same : {true, false}) {
        Pair pair;
        auto left = eap_client();
        auto right = eap_server();
        left.ppk = ppk("a key of enough octets", true);
        right.ppk = ppk(same ? "a key of enough octets" : "another one", true);
        pair.add(left, right);
        pair.world.run_for(seconds(5));
        if (!same) {
            check_refused(pair);
            continue;
        }
        REQUIRE(pair.up());
        CHECK(pair.left.status().ike->ppk);
        CHECK(pair.right.status().ike->ppk);
    }
}

TEST_CASE("EAP that comes to no end is given up") {
    Pair pair;
    auto left = eap_client();
    left.start = ike::StartMode::kListen;
    pair.add(left, eap_server(-1));
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(20));
    check_refused(pair);
    CHECK(says(pair.left.last_error(), "eap_failed: "));
    CHECK(says(pair.left.last_error(), "it comes to no end"));
    pair.world.run_for(minutes(2));
    CHECK(pair.right.engine().counters().ike_sas == 0);
}

TEST_CASE("only so many conversations of EAP are held at once") {
    ike::Options options;
    options.eap_limit = 0;
    Pair pair(1, options);
    pair.add(eap_client(), eap_server());
    pair.world.run_for(seconds(5));
    check_refused(pair);
    CHECK(pair.right.engine().counters().half_open_dropped > 0);
}

TEST_CASE("a tunnel that is taken away or configured anew in the midst of EAP lets nobody in") {
    for (const bool anew : {false, true}) {
        Pair pair;
        std::uint64_t count = 0;
        pair.world.network.filter = [&](const Packet&) {
            if (++count == 7) {
                pair.world.at(milliseconds(0), [&] {
                    pair.right.command(ike::RemoveTunnel{"t"});
                    if (anew) pair.right.command(ike::AddTunnel{eap_server()});
                });
            }
            return true;
        };
        auto left = eap_client();
        left.start = ike::StartMode::kListen;
        pair.add(left, eap_server());
        pair.left.command(ike::Up{"t"});
        pair.world.run_for(seconds(20));
        check_refused(pair);
    }
}

}  // namespace esplane::sim
