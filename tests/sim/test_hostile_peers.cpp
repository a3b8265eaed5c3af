// What a peer with the keys of its IKE SA may send inside SK: what does not fit is refused in the RFC's words, and
// never costs more than its own IKE SA.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using ike::wire::Payloads;
using std::chrono::seconds;

TEST_CASE("as initiator: who signs with another key, or another name, is refused and told so") {
    const int which = GENERATE(0, 1, 2, 3);
    INFO("case " << which);
    Alone alone;
    alone.left.command(ike::AddTunnel{left_tunnel()});
    alone.world.run_for(milliseconds(1));
    auto options = right_tunnel();
    if (which == 0) options.psk = psk("wrong");
    if (which == 1) options.local_id = ike::Identity::parse("evil.example.org").value();
    ScriptedPeer peer(options, 1);
    const Bytes auth = alone.ask(peer.init_response(alone.sent.back()));
    const auto request = peer.open(auth);
    REQUIRE(request);
    auto answer = peer.auth_response(*request);
    if (which == 2) answer.auth = request->auth;  // our own, reflected
    if (which == 3) answer.auth->method = 1;
    const auto told = peer.open(alone.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, answer)));
    CHECK(has(told, NotifyType::kAuthenticationFailed));
    CHECK(alone.left.dataplane().children().empty());
    CHECK(alone.left.status().state == ike::TunnelState::kDown);
    const char* codes[] = {"wrong_psk", "wrong_identity", "wrong_psk", "authentication_failed"};
    CHECK(alone.left.status().last_error->code == codes[which]);
}

TEST_CASE("as initiator: an unprotected error is no answer to IKE_AUTH, but told if none comes") {
    Alone alone;
    alone.left.command(ike::AddTunnel{left_tunnel()});
    alone.world.run_for(milliseconds(1));
    ScriptedPeer peer(right_tunnel(), 1);
    const Bytes request = alone.ask(peer.init_response(alone.sent.back()));
    CHECK(alone.ask(unprotected(request, with_notify(NotifyType::kAuthenticationFailed))).empty());
    SECTION("the right answer still counts") {
        alone.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, peer.auth_response(peer.open(request).value())));
        CHECK(alone.left.status().state == ike::TunnelState::kEstablished);
    }
    SECTION("none comes") {
        alone.world.run_for(seconds(30));
        CHECK_THAT(alone.left.last_error(), Catch::Contains("AUTHENTICATION_FAILED"));
    }
}

TEST_CASE("INITIAL_CONTACT acts only after AUTH, and only for that identity") {
    const int which = GENERATE(0, 1, 2);
    INFO("case " << which);
    Alone alone;
    auto options = left_tunnel();
    options.start = ike::StartMode::kListen;
    options.remote_id = ike::IdentityPattern::parse("*.example.org").value();
    alone.left.command(ike::AddTunnel{options});
    ScriptedPeer first(right_tunnel(), 1);
    REQUIRE(alone.connect(first));
    const auto spi = alone.left.status().children[0].spi_in;
    alone.world.run_for(seconds(20));

    auto other = right_tunnel();
    if (which == 0) other.psk = psk("wrong");
    if (which == 1) other.local_id = ike::Identity::parse("other.example.org").value();
    ScriptedPeer second(other, 2);
    REQUIRE(second.take_init_response(alone.ask(second.init_request())));
    auto request = second.auth_request();
    request.notifies = with_notify(NotifyType::kInitialContact).notifies;
    alone.ask(second.seal(ExchangeType::kIkeAuth, false, 1, request));
    const auto& children = alone.left.dataplane().children();
    const bool first_lives = std::any_of(children.begin(), children.end(),
                                         [&](const auto& child) { return child.second.options.spi_in == spi; });
    CHECK(first_lives == (which != 2));
    CHECK(children.size() == (which == 1 ? 2U : 1U));
}

TEST_CASE("as initiator: an answer with child parameters that were not offered") {
    const int which = GENERATE(0, 1, 2, 3, 4);
    INFO("case " << which);
    Alone alone;
    alone.left.command(ike::AddTunnel{left_tunnel()});
    alone.world.run_for(milliseconds(1));
    ScriptedPeer peer(right_tunnel(), 1);
    const auto request = peer.open(alone.ask(peer.init_response(alone.sent.back())));
    auto answer = peer.auth_response(request.value());
    if (which == 0) answer.ts_r = ike::wire::TrafficSelectors{subnets({"0.0.0.0/0"}), 0};
    if (which == 1) answer.sa->front().spi = {0, 0, 0, 0};
    if (which == 2) answer.sa->front().transforms[0].key_bits = 128;
    if (which == 3) answer.ts_i = ike::wire::TrafficSelectors{};
    if (which == 4) answer.sa->front().spi = {0, 0, 0, 255};
    alone.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, answer));
    CHECK(alone.left.dataplane().children().empty());
    CHECK(alone.left.status().last_error->code == "protocol_error");
}

TEST_CASE("requests of a peer with the keys that do not fit the state") {
    Alone alone;
    alone.listen();
    ScriptedPeer peer(right_tunnel(), 1);
    REQUIRE(alone.connect(peer));
    const auto ask = [&](ExchangeType exchange, const Payloads& payloads) {
        return peer.open(alone.ask(peer.seal(exchange, false, 2, payloads)));
    };
    SECTION("a critical payload of unknown type is refused by its number, and the SA stands") {
        const Bytes chain{0, 0x80, 0, 4};
        const Bytes request =
            peer.seal_octets(ExchangeType::kInformational, false, 2, ike::wire::PayloadType{200}, chain);
        const auto answer = peer.open(alone.ask(request));
        REQUIRE(has(answer, NotifyType::kUnsupportedCriticalPayload));
        CHECK(answer->find(NotifyType::kUnsupportedCriticalPayload)->data == Bytes{200});
        CHECK(alone.left.status().state == ike::TunnelState::kEstablished);
    }
    SECTION("one that is not critical is skipped") {
        const Bytes chain{0, 0, 0, 4};
        const auto answer = peer.open(
            alone.ask(peer.seal_octets(ExchangeType::kInformational, false, 2, ike::wire::PayloadType{200}, chain)));
        REQUIRE(answer);
        CHECK(answer->notifies.empty());
    }
    SECTION("broken syntax inside SK ends the SA on our side, too") {
        const Bytes chain{0, 0, 0, 99};
        const auto answer = peer.open(alone.ask(
            peer.seal_octets(ExchangeType::kInformational, false, 2, ike::wire::PayloadType::kNotify, chain)));
        CHECK(has(answer, NotifyType::kInvalidSyntax));
        CHECK(alone.left.status().state == ike::TunnelState::kDown);
        CHECK(alone.left.status().last_error->code == "protocol_error");
        CHECK(alone.left.dataplane().children().empty());
    }
    SECTION("INVALID_SYNTAX from the peer ends it, too") {
        ask(ExchangeType::kInformational, with_notify(NotifyType::kInvalidSyntax));
        CHECK(alone.left.status().state == ike::TunnelState::kDown);
        CHECK(alone.left.dataplane().children().empty());
    }
    SECTION("a rekey of a CHILD_SA that we do not have") {
        auto payloads = peer.child_request();
        payloads.notifies = with_notify(NotifyType::kRekeySa).notifies;
        payloads.notifies[0].protocol = ike::wire::ProtocolId::kEsp;
        payloads.notifies[0].spi = {1, 2, 3, 4};
        CHECK(has(ask(ExchangeType::kCreateChildSa, payloads), NotifyType::kChildSaNotFound));
        CHECK(alone.left.status().state == ike::TunnelState::kEstablished);
    }
    SECTION("another IKE_AUTH") {
        CHECK(alone.ask(peer.seal(ExchangeType::kIkeAuth, false, 2, peer.auth_request())).empty());
        CHECK(alone.left.status().state == ike::TunnelState::kEstablished);
    }
    SECTION("a new CHILD_SA without the PFS that is configured") {
        CHECK(has(ask(ExchangeType::kCreateChildSa, peer.child_request()), NotifyType::kNoProposalChosen));
        CHECK(alone.left.status().state == ike::TunnelState::kEstablished);
    }
    SECTION("responses that nobody asked for") {
        for (const auto exchange :
             {ExchangeType::kIkeAuth, ExchangeType::kCreateChildSa, ExchangeType::kInformational}) {
            for (std::uint32_t id = 0; id < 3; ++id)
                CHECK(alone.ask(peer.seal(exchange, true, id, peer.child_request())).empty());
        }
        CHECK(alone.left.status().state == ike::TunnelState::kEstablished);
    }
    SECTION("a message ID that is not the next one") {
        for (const std::uint32_t id : {0U, 3U, 4U, 0x7fffffffU, 0xffffffffU})
            CHECK(alone.ask(peer.seal(ExchangeType::kInformational, false, id, {})).empty());
        CHECK_FALSE(alone.ask(peer.seal(ExchangeType::kInformational, false, 2, {})).empty());
    }
    CHECK(alone.left.dataplane().offences().empty());
}

TEST_CASE("a peer may not have more CHILD_SAs than the limit") {
    Alone alone;
    auto options = left_tunnel();
    options.start = ike::StartMode::kListen;
    options.esp_proposals = esp_proposals({"aes256gcm16"});
    alone.left.command(ike::AddTunnel{options});
    auto other = right_tunnel();
    other.esp_proposals = options.esp_proposals;
    ScriptedPeer peer(other, 1);
    REQUIRE(alone.connect(peer));
    for (std::uint32_t id = 2; id < 200; ++id) {
        const auto answer =
            peer.open(alone.ask(peer.seal(ExchangeType::kCreateChildSa, false, id, peer.child_request())));
        REQUIRE(answer);
        CHECK(has(answer, NotifyType::kNoAdditionalSas) == (id >= 65));
    }
    CHECK(alone.left.engine().counters().child_sas == 64);
}

TEST_CASE("a peer that rekeys twice before it deletes the first") {
    Alone alone;
    auto options = left_tunnel();
    options.start = ike::StartMode::kListen;
    options.esp_proposals = esp_proposals({"aes256gcm16"});
    alone.left.command(ike::AddTunnel{options});
    auto other = right_tunnel();
    other.esp_proposals = options.esp_proposals;
    ScriptedPeer peer(other, 1);
    REQUIRE(alone.connect(peer));
    std::uint32_t id = 2;
    std::vector<dataplane::Spi> spis{current_children(alone.left)[0].spi_out};
    const auto spi_bytes = [](dataplane::Spi spi) {
        Bytes octets(4);
        store_be(octets.data(), dataplane::to_number(spi));
        return octets;
    };
    const auto rekey = [&](dataplane::Spi old) {
        auto payloads = peer.child_request();
        payloads.notifies = with_notify(NotifyType::kRekeySa).notifies;
        payloads.notifies[0].protocol = ike::wire::ProtocolId::kEsp;
        payloads.notifies[0].spi = spi_bytes(old);
        spis.push_back(dataplane::Spi{load_be<std::uint32_t>(payloads.sa->front().spi.data())});
        return peer.open(alone.ask(peer.seal(ExchangeType::kCreateChildSa, false, id++, payloads)));
    };
    const auto erase = [&](dataplane::Spi old) {
        Payloads payloads;
        payloads.deletes.push_back({ike::wire::ProtocolId::kEsp, {dataplane::to_number(old)}});
        return peer.open(alone.ask(peer.seal(ExchangeType::kInformational, false, id++, payloads)));
    };
    const auto sends_on = [&] {
        const auto* out = alone.left.dataplane().outbound(dataplane::TunnelId{1});
        return out == nullptr ? dataplane::Spi{} : out->options.spi_out;
    };
    REQUIRE(rekey(spis[0])->sa);
    CHECK(sends_on() == spis[0]);
    CHECK(has(rekey(spis[0]), NotifyType::kTemporaryFailure));
    spis.pop_back();
    REQUIRE(rekey(spis[1])->sa);
    CHECK(sends_on() == spis[0]);
    SECTION("oldest first") {
        CHECK(erase(spis[0])->deletes.size() == 1);
        CHECK(sends_on() == spis[2]);
        CHECK(erase(spis[1])->deletes.size() == 1);
    }
    SECTION("the one between first") {
        CHECK(erase(spis[1])->deletes.size() == 1);
        CHECK(sends_on() == spis[0]);
        CHECK(erase(spis[0])->deletes.size() == 1);
    }
    CHECK(sends_on() == spis[2]);
    alone.world.run_for(seconds(6));
    CHECK(alone.left.engine().counters().child_sas == 1);
    // The last one, too: now the tunnel has none.
    CHECK(erase(spis[2])->deletes.size() == 1);
    CHECK(sends_on() == dataplane::Spi{});
    CHECK(alone.left.status().last_error->code == "deleted_by_peer");
    CHECK(alone.left.dataplane().offences().empty());
}

}  // namespace esplane::sim
