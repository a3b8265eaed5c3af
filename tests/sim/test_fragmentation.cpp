// Messages that are longer than a datagram should be (RFC 7383).

#include <catch2/catch.hpp>

#include "tests/sim/alone.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using std::chrono::seconds;

namespace {

/// So many networks that neither SA_AUTH nor CREATE_CHILD_SA fits one datagram: about five thousand octets.
std::vector<ike::ChildPolicy> many_networks() {
    ike::ChildPolicy policy{"", {}};
    for (std::uint32_t number = 0; number < 150; ++number) {
        for (auto* side : {&policy.selectors.local, &policy.selectors.remote}) {
            const std::uint32_t net = (side == &policy.selectors.local ? 0x0a010000U : 0x0a020000U) + number * 256;
            side->push_back({.first = IpAddress::v4(net), .last = IpAddress::v4(net + 200)});
        }
    }
    return {policy};
}

ike::TunnelOptions large_left() {
    auto options = left_tunnel();
    options.children = many_networks();
    return options;
}

ike::TunnelOptions large_right() {
    auto options = right_tunnel();
    options.children = mirrored(many_networks());
    return options;
}

/// All that the engine answers to `datagrams`.
std::vector<Bytes> ask_all(Alone& alone, const std::vector<Bytes>& datagrams) {
    std::vector<Bytes> answers;
    for (const Bytes& datagram : datagrams) {
        alone.ask(datagram);
        answers.insert(answers.end(), alone.sent.begin(), alone.sent.end());
    }
    return answers;
}

void live(Pair& pair) {
    pair.add(large_left(), large_right());
    REQUIRE(pair.world.run_until([&] { return pair.up(); }, seconds(120)));
    for (Node* side : {&pair.left, &pair.right}) {
        for (const bool ike : {false, true}) {
            const auto id = side->command(ike::Rekey{"t", ike});
            REQUIRE(pair.world.run_until([&] { return side->answer(id) != nullptr; }, seconds(60)));
            CHECK(side->answer(id)->ok);
            pair.world.run_for(seconds(10));
            REQUIRE(pair.up());
        }
    }
}

}  // namespace

TEST_CASE("long messages travel in datagrams that pass everywhere") {
    Pair pair;
    std::size_t longest = 0;
    pair.world.network.filter = [&](const Packet& packet) {
        if (const auto* datagram = std::get_if<Bytes>(&packet.content)) longest = std::max(longest, datagram->size());
        return true;
    };
    live(pair);
    CHECK(longest <= 1280 - 20 - 8 - 4);
    CHECK(longest > 1200);
    CHECK(pair.left.engine().counters().bad_icv == 0);
    CHECK(pair.right.engine().counters().not_expected == 0);
}

TEST_CASE("each single fragment lost, in every exchange") {
    std::uint64_t total = 0;
    {
        Pair pair;
        live(pair);
        total = pair.world.network.datagrams_sent;
    }
    REQUIRE(total > 40);
    for (std::uint64_t lost = 0; lost < total; ++lost) {
        INFO("datagram " << lost);
        Pair pair;
        std::uint64_t seen = 0;
        pair.world.network.filter = [&](const Packet& packet) {
            return !std::holds_alternative<Bytes>(packet.content) || seen++ != lost;
        };
        live(pair);
    }
}

TEST_CASE("fragments lost, repeated and out of order") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        Pair pair(seed);
        pair.world.network.faults = {0.05, 0.3, milliseconds(3), milliseconds(30)};
        pair.add(large_left(), large_right());
        CHECK(pair.world.run_until([&] { return pair.up(); }, seconds(300)));
    }
}

TEST_CASE("to a peer that does not say that it takes fragments nothing is sent in any") {
    for (const bool takes : {false, true}) {
        INFO("takes fragments: " << takes);
        Alone alone;
        auto options = large_left();
        options.start = ike::StartMode::kListen;
        alone.left.command(ike::AddTunnel{options});
        ScriptedPeer peer(large_right(), takes ? 1 : 2);
        peer.fragmentation = takes;
        REQUIRE(peer.take_init_response(alone.ask(peer.init_request())));
        const auto answers = ask_all(alone, {peer.seal(ExchangeType::kIkeAuth, false, 1, peer.auth_request())});
        CHECK(answers.size() == (takes ? 5U : 1U));
    }
}

TEST_CASE("a request in fragments is answered again upon its first fragment alone, however it is cut") {
    Alone alone;
    alone.listen();
    ScriptedPeer peer(right_tunnel(), 3);
    peer.fragmentation = true;
    REQUIRE(peer.take_init_response(alone.ask(peer.init_request())));
    const auto request = peer.auth_request();
    const auto fragments = peer.seal_in_fragments(ExchangeType::kIkeAuth, false, 1, request, 110);
    REQUIRE(fragments.size() > 2);
    CHECK(ask_all(alone, {fragments.begin(), fragments.end() - 1}).empty());
    const auto answer = ask_all(alone, {fragments.back()});
    REQUIRE(answer.size() == 1);
    CHECK(ask_all(alone, fragments) == answer);
    CHECK(ask_all(alone, {fragments.begin() + 1, fragments.end()}).empty());
    CHECK(ask_all(alone, peer.seal_in_fragments(ExchangeType::kIkeAuth, false, 1, request, 100)) == answer);
    Bytes forged = fragments.front();
    forged.back() ^= 1;
    CHECK(ask_all(alone, {forged}).empty());
    CHECK(alone.left.engine().counters().child_sas == 1);
}

TEST_CASE("fragments that were not agreed on are not taken") {
    Alone alone;
    alone.listen();
    ScriptedPeer peer(right_tunnel(), 4);
    REQUIRE(peer.take_init_response(alone.ask(peer.init_request())));
    CHECK(ask_all(alone, peer.seal_in_fragments(ExchangeType::kIkeAuth, false, 1, peer.auth_request(), 110)).empty());
    CHECK(alone.left.engine().counters().child_sas == 0);
    CHECK(alone.left.engine().counters().bad_icv > 2);
}

}  // namespace esplane::sim
