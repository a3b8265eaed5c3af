// Rounds of EAP with a peer that does not play by the rules (RFC 7296 2.16), in either role.

#include <catch2/catch.hpp>
#include <functional>

#include "tests/sim/alone.h"
#include "tests/sim/eap_tunnels.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using ike::wire::PayloadType;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr const char* kName = "alice";
constexpr const char* kPassword = "pw of alice";

std::shared_ptr<const crypto::Secret> shared(const crypto::Secret& secret) {
    return std::make_shared<const crypto::Secret>(secret.view());
}

Payloads only_eap(Bytes packet) {
    Payloads payloads;
    payloads.eap = std::move(packet);
    return payloads;
}

/// The tunnel of the engine on the left, which asks for EAP.
ike::TunnelOptions guarded() {
    auto options = left_tunnel();
    const auto model = eap_server();
    options.psk = nullptr;
    options.certificate =
        certificate_of(crypto::test::make(crypto::test::leaf_wish("left.example.org"), &eap_authority()));
    options.eap_authenticator = model.eap_authenticator;
    options.start = ike::StartMode::kListen;
    return options;
}

/// An initiator that the engine on the left asks for EAP.
struct Guest {
    explicit Guest(Alone& engine, std::uint64_t seed = 7) : alone(engine), peer(right_tunnel(), seed) {}

    /// Empty answers: silence.
    std::optional<Payloads> say(const Payloads& payloads) {
        return hear(peer.seal(ExchangeType::kIkeAuth, false, ++id, payloads));
    }
    std::optional<Payloads> hear(const Bytes& datagram) {
        last = datagram;
        heard = peer.open(alone.ask(datagram));
        return heard;
    }
    Payloads first_request() {
        Payloads payloads = peer.auth_request();
        payloads.auth.reset();
        return payloads;
    }
    /// Up to the gateway's proof and its first question.
    bool begin() {
        if (!peer.take_init_response(alone.ask(peer.init_request()))) return false;
        const auto answer = say(first_request());
        return answer && answer->id_r && answer->auth && !answer->certs.empty() && answer->eap && !answer->sa;
    }
    Payloads right_answer() {
        if (heard->eap->size() > 5) challenge = to_bytes(ByteView(*heard->eap).subspan(5));
        return only_eap(fake_response(*heard->eap, kName, kPassword));
    }
    /// Up to EAP-Success.
    bool succeed() {
        if (!begin()) return false;
        while (heard && heard->eap && (*heard->eap)[0] == 1)
            say(right_answer());
        return heard && heard->eap && (*heard->eap)[0] == 3;
    }
    Payloads proof(const crypto::Secret& key) {
        peer.own.psk = shared(key);
        Payloads payloads;
        payloads.auth = peer.auth_request().auth;
        return payloads;
    }
    bool connect() {
        if (!succeed()) return false;
        const auto answer = say(proof(fake_msk(kPassword, challenge)));
        return answer && answer->auth && answer->sa && !answer->id_r;
    }

    Alone& alone;
    ScriptedPeer peer;
    std::uint32_t id = 0;
    std::optional<Payloads> heard;
    Bytes last;  ///< datagram that was sent
    Bytes challenge;
};

enum class When { kBefore, kMidway, kAfter };  // the answers to challenges

struct Offence {
    const char* name;
    When when;
    std::function<void(Guest&)> act;
    NotifyType refusal;
    const char* why;  ///< part of the last error; empty: there is none
};

std::vector<Offence> offences() {
    const auto failed = NotifyType::kAuthenticationFailed;
    const auto syntax = NotifyType::kInvalidSyntax;
    const auto eap = [](Bytes packet) { return [packet](Guest& guest) { guest.say(only_eap(packet)); }; };
    const auto proof = [](std::size_t size) {
        return [size](Guest& guest) { guest.say(guest.proof(crypto::Secret(size))); };
    };
    return {
        {"AUTH before EAP has begun", When::kBefore, proof(64), failed, "before EAP has ended"},
        {"AUTH in the midst", When::kMidway, proof(64), failed, "before EAP has ended"},
        {"AUTH by no key", When::kAfter, proof(0), failed, "not made from the key"},
        {"AUTH by a key of zeros", When::kAfter, proof(64), failed, "not made from the key"},
        {"AUTH by the key of another password", When::kAfter,
         [](Guest& guest) { guest.say(guest.proof(fake_msk("another", guest.challenge))); }, failed,
         "not made from the key"},
        {"AUTH of another method", When::kAfter,
         [](Guest& guest) {
             Payloads payloads = guest.proof(fake_msk(kPassword, guest.challenge));
             payloads.auth->method = 14;
             guest.say(payloads);
         },
         failed, "authenticates with a certificate"},
        {"EAP-Success", When::kMidway, eap({3, 2, 0, 4}), failed, "no answer to what it was asked"},
        {"EAP-Failure", When::kMidway, eap({4, 2, 0, 4}), failed, "no answer to what it was asked"},
        {"an EAP request", When::kMidway, eap({1, 2, 0, 5, 1}), failed, "no answer to what it was asked"},
        {"an EAP payload of no octets", When::kMidway, eap({}), failed, "no answer to what it was asked"},
        {"EAP goes on after its end", When::kAfter, eap({2, 3, 0, 5, 255}), failed, "goes on where AUTH should follow"},
        {"nothing", When::kMidway, [](Guest& guest) { guest.say({}); }, syntax, ""},
        {"another SA, TSi and TSr", When::kMidway,
         [](Guest& guest) {
             Payloads payloads = guest.right_answer();
             const Payloads first = guest.first_request();
             payloads.sa = first.sa;
             payloads.ts_i = first.ts_i;
             payloads.ts_r = first.ts_r;
             guest.say(payloads);
         },
         syntax, ""},
        {"another SA with AUTH", When::kAfter,
         [](Guest& guest) {
             Payloads payloads = guest.proof(fake_msk(kPassword, guest.challenge));
             payloads.sa = guest.first_request().sa;
             guest.say(payloads);
         },
         syntax, ""},
        {"another identity with AUTH", When::kAfter,
         [](Guest& guest) {
             Payloads payloads = guest.proof(fake_msk(kPassword, guest.challenge));
             payloads.id_i = guest.first_request().id_i;
             guest.say(payloads);
         },
         failed, "goes on where AUTH should follow"},
        {"the first request again", When::kMidway, [](Guest& guest) { guest.say(guest.first_request()); }, failed,
         "before EAP has ended"},
        {"a whole request, with AUTH", When::kMidway, [](Guest& guest) { guest.say(guest.peer.auth_request()); },
         failed, "before EAP has ended"},
        {"two EAP payloads", When::kMidway,
         [](Guest& guest) {
             const Bytes packet = *guest.right_answer().eap;
             Bytes chain;
             for (const std::uint8_t next : {std::uint8_t{48}, std::uint8_t{0}}) {
                 append(chain, Bytes{next, 0, 0, static_cast<std::uint8_t>(packet.size() + 4)});
                 append(chain, packet);
             }
             guest.hear(guest.peer.seal_octets(ExchangeType::kIkeAuth, false, ++guest.id, PayloadType::kEap, chain));
         },
         syntax, ""},
        {"an EAP payload that is cut", When::kMidway,
         [](Guest& guest) {
             const Bytes chain{0, 0, 0, 40, 2, 2, 0, 36, 255};
             guest.hear(guest.peer.seal_octets(ExchangeType::kIkeAuth, false, ++guest.id, PayloadType::kEap, chain));
         },
         syntax, ""},
    };
}

}  // namespace

TEST_CASE("a guest that breaks the rules of EAP is refused, and the next honest one is not") {
    for (const Offence& each : offences()) {
        INFO(each.name);
        Alone alone;
        alone.left.command(ike::AddTunnel{guarded()});
        Guest guest(alone);
        if (each.when == When::kAfter) {
            REQUIRE(guest.succeed());
        } else {
            REQUIRE(guest.begin());
            if (each.when == When::kMidway) guest.say(guest.right_answer());
        }
        each.act(guest);
        CHECK(has(guest.heard, each.refusal));
        CHECK(alone.left.last_error().find(each.why) != std::string::npos);
        CHECK(alone.left.last_error().empty() == (each.why[0] == '\0'));
        CHECK(alone.left.count("established") == 0);
        CHECK(alone.left.dataplane().children().empty());
        CHECK_FALSE(guest.say(guest.proof(fake_msk(kPassword, guest.challenge))));
        Guest honest(alone, 8);
        CHECK(honest.connect());
        alone.world.run_for(minutes(2));
        CHECK(alone.left.engine().counters().half_open == 0);
        CHECK(alone.left.engine().counters().ike_sas <= 1);
    }
}

TEST_CASE("EAP beside an identity, and in other exchanges, is no message of ours") {
    Alone alone;
    alone.left.command(ike::AddTunnel{guarded()});
    SECTION("in the first request") {
        Guest guest(alone);
        REQUIRE(guest.peer.take_init_response(alone.ask(guest.peer.init_request())));
        Payloads payloads = guest.first_request();
        payloads.eap = Bytes{2, 1, 0, 5, 1};
        CHECK(has(guest.say(payloads), NotifyType::kInvalidSyntax));
    }
    SECTION("alone, as the first request") {
        Guest guest(alone);
        REQUIRE(guest.peer.take_init_response(alone.ask(guest.peer.init_request())));
        CHECK(has(guest.say(only_eap({2, 1, 0, 5, 1})), NotifyType::kAuthenticationFailed));
    }
    SECTION("once the IKE SA is established") {
        Guest guest(alone);
        REQUIRE(guest.connect());
        CHECK_FALSE(guest.say(only_eap({2, 1, 0, 5, 1})));
        CHECK(alone.left.engine().counters().child_sas == 1);
        CHECK(has(guest.hear(guest.peer.seal(ExchangeType::kInformational, false, guest.id, only_eap({2, 1, 0, 5, 1}))),
                  NotifyType::kInvalidSyntax));
    }
}

TEST_CASE("each request of EAP that comes again gets the same answer, and changes nothing") {
    Alone alone;
    alone.left.command(ike::AddTunnel{guarded()});
    Guest guest(alone);
    REQUIRE(guest.begin());
    const auto again = [&] {
        const Bytes before = alone.sent.back();
        CHECK(alone.ask(guest.last) == before);
        CHECK(alone.ask(guest.last) == before);
    };
    again();
    while ((*guest.heard->eap)[0] == 1) {
        guest.say(guest.right_answer());
        again();
    }
    const auto answer = guest.say(guest.proof(fake_msk(kPassword, guest.challenge)));
    REQUIRE(answer);
    CHECK(answer->sa);
    again();
    CHECK(alone.left.count("established") == 1);
}

TEST_CASE("a half-open time that is over in the midst of EAP ends it") {
    Alone alone;
    alone.left.command(ike::AddTunnel{guarded()});
    Guest guest(alone);
    REQUIRE(guest.begin());
    // However often it says something.
    for (int i = 0; i < 59; ++i) {
        alone.world.run_for(milliseconds(990));
        alone.ask(guest.last);
    }
    CHECK(alone.left.engine().counters().ike_sas == 1);
    alone.world.run_for(seconds(3));
    CHECK(alone.left.engine().counters().ike_sas == 0);
    CHECK(alone.left.engine().counters().timers == 0);
}

namespace {

/// A gateway that the engine on the left proves itself to by EAP.
struct Gateway {
    Gateway() : peer(eap_server(), 9) {
        auto options = eap_client(kName, kPassword);
        alone.left.command(ike::AddTunnel{options});
        alone.world.run_for(milliseconds(1));
        answer(alone.ask(peer.init_response(alone.sent.back())));
        first = *asked;
    }

    void answer(const Bytes& datagram) { asked = datagram.empty() ? std::nullopt : peer.open(datagram); }
    /// What the engine asks next; empty: it has given up.
    std::optional<Payloads> say(const Payloads& payloads) {
        answer(alone.ask(peer.seal(ExchangeType::kIkeAuth, true, ++id, payloads)));
        return asked;
    }
    Payloads proof() {
        Payloads payloads;
        payloads.id_r = peer.own.local_id.to_wire();
        peer.put_proof(*payloads.id_r, payloads);
        return payloads;
    }
    Payloads with_proof(Bytes packet) {
        Payloads payloads = proof();
        payloads.eap = std::move(packet);
        return payloads;
    }
    /// Up to AUTH of the engine.
    bool succeed() {
        say(with_proof({1, 1, 0, 5, 1}));
        say(only_eap({1, 2, 0, 7, 255, 8, 9}));
        say(only_eap({3, 2, 0, 4}));
        return asked && asked->auth && !asked->id_i && !asked->sa && !asked->eap;
    }
    /// The last answer, with AUTH by this key.
    Payloads last(const crypto::Secret& key) {
        peer.own.psk = shared(key);
        Payloads payloads = peer.auth_response(first);
        payloads.id_r.reset();
        return payloads;
    }
    std::string error() const { return alone.left.last_error(); }

    Alone alone;
    ScriptedPeer peer;
    std::uint32_t id = 0;
    std::optional<Payloads> asked;
    Payloads first;
};

}  // namespace

TEST_CASE("what an EAP client says first has neither AUTH nor EAP, and asks for a certificate") {
    Gateway gateway;
    CHECK(gateway.first.id_i);
    CHECK(gateway.first.sa);
    CHECK(gateway.first.ts_i);
    CHECK_FALSE(gateway.first.cert_requests.empty());
    CHECK_FALSE(gateway.first.auth);
    CHECK_FALSE(gateway.first.eap);
    CHECK(gateway.first.certs.empty());
    REQUIRE(gateway.succeed());
    const Bytes challenge{8, 9};
    gateway.say(gateway.last(fake_msk(kPassword, challenge)));
    CHECK(gateway.alone.left.status().state == ike::TunnelState::kEstablished);
}

TEST_CASE("a gateway that breaks the rules of EAP is refused, with the reason") {
    struct Offence {
        const char* name;
        std::function<void(Gateway&)> act;
        const char* why;
    };
    const Offence kOffences[] = {
        {"EAP without AUTH",
         [](Gateway& gateway) {
             Payloads payloads = gateway.with_proof({1, 1, 0, 5, 1});
             payloads.auth.reset();
             gateway.say(payloads);
         },
         "eap_failed: Tunnel t: peer 192.0.2.2 asks for EAP, but has not proven itself"},
        {"EAP without anything",
         [](Gateway& gateway) {
             gateway.say(only_eap({1, 1, 0, 5, 1}));
         },
         "has not proven itself"},
        {"a wrong AUTH",
         [](Gateway& gateway) {
             Payloads payloads = gateway.with_proof({1, 1, 0, 5, 1});
             payloads.auth->value.back() ^= 1;
             gateway.say(payloads);
         },
         "wrong_signature: "},
        {"AUTH by a pre-shared key",
         [](Gateway& gateway) {
             gateway.peer.own.psk = psk("secret");
             gateway.say(gateway.with_proof({1, 1, 0, 5, 1}));
         },
         "authentication_failed: "},
        {"a CHILD_SA without EAP", [](Gateway& gateway) { gateway.say(gateway.peer.auth_response(gateway.first)); },
         "it does not begin EAP"},
        {"a refusal", [](Gateway& gateway) { gateway.say(with_notify(NotifyType::kAuthenticationFailed)); },
         "authentication_failed: "},
        {"EAP-Success at once",
         [](Gateway& gateway) {
             gateway.say(gateway.with_proof({3, 1, 0, 4}));
         },
         "it says that all is well before it can know"},
        {"EAP-Success before the end",
         [](Gateway& gateway) {
             gateway.say(gateway.with_proof({1, 1, 0, 5, 1}));
             gateway.say(only_eap({3, 1, 0, 4}));
         },
         "it says that all is well before it can know"},
        {"EAP-Failure",
         [](Gateway& gateway) {
             gateway.say(gateway.with_proof({1, 1, 0, 5, 1}));
             gateway.say(only_eap({4, 1, 0, 4}));
         },
         "eap_failed: Tunnel t: peer 192.0.2.2 does not let us in by EAP (before there was a method, EAP identity "
         "'alice'): the gateway refuses us"},
        {"an EAP response",
         [](Gateway& gateway) {
             gateway.say(gateway.with_proof({2, 1, 0, 5, 1}));
         },
         "its packet has no place there"},
        {"an SA in the midst",
         [](Gateway& gateway) {
             gateway.say(gateway.with_proof({1, 1, 0, 5, 1}));
             Payloads payloads = gateway.peer.auth_response(gateway.first);
             payloads.auth.reset();
             payloads.id_r.reset();
             payloads.certs.clear();
             payloads.eap = Bytes{1, 2, 0, 7, 255, 8, 9};
             gateway.say(payloads);
         },
         "protocol_error: "},
        {"the end before EAP has ended",
         [](Gateway& gateway) {
             gateway.say(gateway.with_proof({1, 1, 0, 5, 1}));
             gateway.say(gateway.last(crypto::Secret(64)));
         },
         "it ends IKE_AUTH before EAP has ended"},
    };
    for (const Offence& each : kOffences) {
        INFO(each.name);
        Gateway gateway;
        each.act(gateway);
        CHECK_FALSE(gateway.asked);
        CHECK_THAT(gateway.error(), Catch::Contains(each.why));
        CHECK(gateway.alone.left.count("established") == 0);
        CHECK(gateway.alone.left.dataplane().children().empty());
    }
}

TEST_CASE("a gateway that cannot prove the key of EAP is told, and not believed") {
    struct Case {
        const char* name;
        std::function<Payloads(Gateway&)> say;
        const char* why;
    };
    const Case kCases[] = {
        {"another key", [](Gateway& gateway) { return gateway.last(crypto::Secret(64)); }, "not made from the key"},
        {"no key", [](Gateway& gateway) { return gateway.last(crypto::Secret()); }, "not made from the key"},
        {"its certificate",
         [](Gateway& gateway) {
             Payloads payloads = gateway.peer.auth_response(gateway.first);
             payloads.id_r.reset();
             return payloads;
         },
         "authentication_failed: "},
        {"more EAP",
         [](Gateway& /*gateway*/) {
             return only_eap({1, 9, 0, 5, 1});
         },
         "authentication_failed: "},
    };
    for (const Case& each : kCases) {
        INFO(each.name);
        Gateway gateway;
        REQUIRE(gateway.succeed());
        gateway.say(each.say(gateway));
        REQUIRE(gateway.asked);
        CHECK(has(gateway.asked, NotifyType::kAuthenticationFailed));
        CHECK_THAT(gateway.error(), Catch::Contains(each.why));
        CHECK(gateway.alone.left.count("established") == 0);
        CHECK(gateway.alone.left.dataplane().children().empty());
    }
}

}  // namespace esplane::sim
