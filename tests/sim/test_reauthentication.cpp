// An IKE SA negotiated anew before its authentication ends, or because the peer replaces nothing within it (RFC 7296
// 2.8.3, 1.3; RFC 4478): make before break.

#include <catch2/catch.hpp>

#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using ike::wire::NotifyType;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// Plays `time`, with a packet in each direction of each policy every `step`; how many of them were lost.
std::size_t lost_in(Pair& pair, std::uint32_t policies, milliseconds time, milliseconds step) {
    std::size_t lost = 0;
    for (milliseconds past{0}; past < time; past += step) {
        for (std::uint32_t policy = 0; policy < policies; ++policy)
            lost += pair.world.ping(pair.left, pair.right, policy) ? 0 : 1;
        pair.world.run_for(step);
    }
    return lost;
}

std::size_t ike_sas(const Node& node) {
    return node.engine().counters().ike_sas;
}

/// A scripted responder, up to the CHILD_SA.
bool answer_until_up(Alone& alone, ScriptedPeer& peer) {
    const Bytes auth = alone.ask(peer.init_response(alone.sent.back()));
    const auto request = peer.open(auth);
    if (!request || !request->auth) return false;
    alone.ask(peer.seal(ExchangeType::kIkeAuth, true, 1, peer.auth_response(*request)));
    return true;
}

}  // namespace

TEST_CASE("an IKE SA is negotiated anew in time, and no packet is lost meanwhile") {
    const std::uint32_t policies = GENERATE(1U, 3U);
    const bool rekeys_between = GENERATE(true, false);
    CAPTURE(policies, rekeys_between);
    Pair pair(1);
    auto left = left_with(policies);
    left.reauthentication = hours(1);
    auto right = right_with(policies);
    if (rekeys_between) left.ike_lifetime = right.ike_lifetime = minutes(20);
    SECTION("as we are configured") {}
    SECTION("as the peer demands") {
        std::swap(left.reauthentication, right.reauthentication);
    }
    pair.add(left, right);
    pair.world.run_for(seconds(2));
    REQUIRE(pair.up(policies));
    // Once around each quarter of an hour before the end, never at it.
    CHECK(lost_in(pair, policies, hours(3), seconds(1)) == 0);
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(side->count("established") >= 4 * policies);
        CHECK(side->count("established") <= 6 * policies);
        CHECK(side->count("authentication_expired") == 0);
        CHECK(ike_sas(*side) <= 2);
    }
    pair.world.run_for(seconds(30));
    CHECK(pair.up(policies));
}

TEST_CASE("an authentication that cannot be renewed ends with its lifetime") {
    Pair pair;
    auto left = left_tunnel();
    left.reauthentication = hours(1);
    REQUIRE(pair.establish(left, right_tunnel()));
    pair.world.network.filter = [](const Packet& packet) {
        const auto* datagram = std::get_if<Bytes>(&packet.content);
        const auto header = datagram == nullptr ? std::nullopt : ike::wire::peek_header(*datagram);
        return !header || header->exchange != ExchangeType::kIkeSaInit;
    };
    CHECK(lost_in(pair, 1, minutes(59), seconds(10)) == 0);
    pair.world.run_for(minutes(2));
    CHECK(pair.left.count("authentication_expired") == 1);
    CHECK(current_children(pair.left).empty());
    pair.world.network.filter = nullptr;
    CHECK(pair.world.run_until([&] { return pair.up(); }, minutes(2)));
}

TEST_CASE("a peer that does not authenticate anew is held to it") {
    Alone alone;
    auto options = left_tunnel();
    options.start = ike::StartMode::kListen;
    options.dpd.delay = seconds(0);
    options.reauthentication = minutes(10);
    alone.left.command(ike::AddTunnel{options});
    ScriptedPeer peer(right_tunnel(), 1);
    REQUIRE(peer.take_init_response(alone.ask(peer.init_request())));
    const auto answer = peer.open(alone.ask(peer.seal(ExchangeType::kIkeAuth, false, 1, peer.auth_request())));
    REQUIRE(has(answer, NotifyType::kAuthLifetime));
    CHECK(answer->find(NotifyType::kAuthLifetime)->data == Bytes{0, 0, 2, 0x58});
    alone.world.run_for(minutes(9));
    CHECK(alone.left.status().state == ike::TunnelState::kEstablished);
    alone.world.run_for(minutes(2));
    CHECK(alone.left.count("authentication_expired") == 1);
    CHECK(alone.left.status().state == ike::TunnelState::kDown);
}

TEST_CASE("a peer that replaces nothing within an IKE SA gets another one") {
    Alone alone;
    auto options = left_tunnel();
    options.dpd.delay = seconds(0);
    alone.left.command(ike::AddTunnel{options});
    alone.world.run_for(milliseconds(1));
    ScriptedPeer first(right_tunnel(), 1);
    REQUIRE(answer_until_up(alone, first));
    REQUIRE(alone.left.status().state == ike::TunnelState::kEstablished);
    const bool ike = GENERATE(true, false);
    const auto command = alone.left.command(ike::Rekey{"t", ike});
    alone.world.run_for(milliseconds(1));
    const auto request = first.open(alone.sent.back());
    REQUIRE(request);
    const Bytes init =
        alone.ask(first.seal(ExchangeType::kCreateChildSa, true, 2, with_notify(NotifyType::kNoAdditionalSas)));
    REQUIRE(ike::wire::peek_header(init)->exchange == ExchangeType::kIkeSaInit);
    CHECK(current_children(alone.left).size() == 1);
    ScriptedPeer second(right_tunnel(), 2);
    alone.sent = {init};
    REQUIRE(answer_until_up(alone, second));
    const auto goodbye = first.open(alone.sent.back());
    REQUIRE(goodbye);
    CHECK(goodbye->deletes.size() == 1);
    CHECK(current_children(alone.left).size() == 1);
    CHECK(alone.left.answer(command) != nullptr);
}

}  // namespace esplane::sim
