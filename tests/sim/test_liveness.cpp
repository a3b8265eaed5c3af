// Liveness checks, deletes, and what comes after a loss (RFC 7296 1.4, 2.4).

#include <catch2/catch.hpp>

#include "ike/wire/codec.h"
#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

/// What anyone on the way can send: a notify under the SPIs of the SA, without its keys.
Bytes forge(const ike::IkeStatus& sa, ike::wire::ExchangeType exchange, bool is_response, std::uint16_t type) {
    ike::wire::Header header;
    header.spi_i = sa.spi_i;
    header.spi_r = sa.spi_r;
    header.exchange = exchange;
    header.is_response = is_response;
    header.from_initiator = !sa.initiator;
    ike::wire::Payloads payloads;
    payloads.notifies.push_back({ike::wire::ProtocolId::kNone, {}, type, {}});
    return ike::wire::build_message(header, payloads);
}

}  // namespace

TEST_CASE("an idle peer is asked, one that sends is not") {
    Pair pair;
    REQUIRE(pair.establish());
    const auto before = pair.world.network.datagrams_sent;
    SECTION("idle") {
        pair.world.run_for(seconds(60));
        const auto checks = (pair.world.network.datagrams_sent - before) / 2;
        CHECK(checks >= 4);
        CHECK(checks <= 8);
    }
    SECTION("sending") {
        for (int second = 0; second < 60; ++second) {
            CHECK(pair.world.ping(pair.left, pair.right));
            pair.world.run_for(seconds(1));
        }
        CHECK(pair.world.network.datagrams_sent == before);
    }
    CHECK(pair.up());
}

TEST_CASE("a peer that is gone is noticed within one and a half delays and the timeout") {
    const auto action = GENERATE(ike::DpdAction::kRestart, ike::DpdAction::kClear, ike::DpdAction::kTrap);
    Pair pair;
    auto left = left_tunnel();
    left.dpd.action = action;
    REQUIRE(pair.establish(left, right_tunnel()));
    pair.world.network.filter = [](const Packet&) { return false; };
    pair.world.run_for(seconds(46));
    CHECK(pair.left.count("liveness_failed") == 1);
    CHECK_THAT(pair.left.happened.back().message, Catch::Contains("tunnels.t.dpd"));
    CHECK(current_children(pair.left).empty());
    CHECK(pair.left.dataplane().children().empty());
    const bool restarts = action == ike::DpdAction::kRestart;
    CHECK((pair.left.status().state == ike::TunnelState::kConnecting) == restarts);

    pair.world.network.filter = nullptr;
    pair.world.run_for(seconds(60));
    CHECK((pair.left.status().state == ike::TunnelState::kEstablished) == restarts);
    if (restarts) {
        CHECK(pair.up());
        return;
    }
    pair.left.event(ike::TunnelWanted{dataplane::TunnelId{1}});
    pair.world.run_for(seconds(1));
    CHECK(pair.up() == (action == ike::DpdAction::kTrap));
}

TEST_CASE("a rekey in flight is a liveness check: none is sent besides, and the peer is not given up") {
    Pair pair;
    REQUIRE(pair.establish());
    pair.right.dataplane_latency = seconds(12);  // its answer waits for the data plane
    const auto rekey = pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(seconds(40));
    REQUIRE(pair.left.answer(rekey) != nullptr);
    CHECK(pair.left.answer(rekey)->ok);
    CHECK(pair.left.count("liveness_failed") == 0);
    CHECK(pair.right.count("liveness_failed") == 0);
    CHECK(pair.up());
}

TEST_CASE("a peer without liveness checks that answers nothing to a rekey is silent") {
    Pair pair;
    auto left = left_tunnel();
    left.dpd.delay = seconds(0);
    REQUIRE(pair.establish(left, right_tunnel()));
    pair.world.network.filter = [](const Packet&) { return false; };
    const auto rekey = pair.left.command(ike::Rekey{"t", false});
    pair.world.run_for(seconds(25));
    CHECK(pair.left.count("peer_silent") >= 1);
    REQUIRE(pair.left.answer(rekey) != nullptr);
    CHECK_FALSE(pair.left.answer(rekey)->ok);
}

TEST_CASE("unprotected errors never touch an established SA") {
    Pair pair;
    REQUIRE(pair.establish());
    const ike::IkeStatus sa = *pair.left.status().ike;
    using ike::wire::ExchangeType;
    for (const int type : {4, 5, 7, 9, 11, 14, 24}) {
        for (const auto exchange : {ExchangeType::kIkeSaInit, ExchangeType::kIkeAuth, ExchangeType::kInformational}) {
            for (const bool is_response : {true, false})
                pair.left.receive({{kLeft, 500}, {kRight, 500}},
                                  forge(sa, exchange, is_response, static_cast<std::uint16_t>(type)));
        }
    }
    CHECK(pair.up());
    pair.world.run_for(seconds(60));
    CHECK(pair.up());
    CHECK(pair.left.count("established") == 1);
}

TEST_CASE("down deletes on both sides and stays down, also for the peer") {
    Pair pair;
    auto right = right_tunnel();
    right.start = ike::StartMode::kAuto;
    pair.add(left_tunnel(), right);
    pair.world.run_for(seconds(5));
    REQUIRE(pair.up());
    const auto id = pair.left.command(ike::Down{"t"});
    pair.world.run_for(seconds(1));
    REQUIRE(pair.left.answer(id) != nullptr);
    CHECK(pair.left.answer(id)->ok);
    CHECK(pair.right.count("deleted_by_peer") == 1);
    CHECK(pair.right.status().last_error->code == "deleted_by_peer");
    pair.world.run_for(seconds(100));
    CHECK(pair.left.status().state == ike::TunnelState::kDown);
    CHECK(pair.right.status().state == ike::TunnelState::kDown);
    CHECK(pair.left.dataplane().children().empty());
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(1));
    CHECK(pair.up());
}

TEST_CASE("down for a dead peer is done within seconds") {
    Pair pair;
    REQUIRE(pair.establish());
    pair.world.network.filter = [](const Packet&) { return false; };
    const auto id = pair.left.command(ike::Down{"t"});
    CHECK(pair.left.dataplane().outbound(dataplane::TunnelId{1}) != nullptr);
    pair.world.run_for(milliseconds(1));
    CHECK(pair.left.dataplane().children().empty());
    pair.world.run_for(seconds(4));
    REQUIRE(pair.left.answer(id) != nullptr);
    CHECK(pair.left.answer(id)->ok);
}

TEST_CASE("down that is followed by up before it is done is answered") {
    Pair pair;
    REQUIRE(pair.establish());
    const auto down = pair.left.command(ike::Down{"t"});
    const auto up = pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(30));
    REQUIRE(pair.left.answer(down) != nullptr);
    CHECK_FALSE(pair.left.answer(down)->ok);
    CHECK(pair.left.answer(down)->code == "up");
    REQUIRE(pair.left.answer(up) != nullptr);
    CHECK(pair.left.answer(up)->ok);
    CHECK(pair.up());
}

TEST_CASE("both sides delete at once") {
    Pair pair;
    pair.world.network.faults.delay = milliseconds(5);
    REQUIRE(pair.establish());
    pair.left.command(ike::Down{"t"});
    pair.right.command(ike::Down{"t"});
    pair.world.run_for(seconds(20));
    for (Node* side : {&pair.left, &pair.right}) {
        CHECK(side->engine().counters().ike_sas == 0);
        CHECK(side->dataplane().children().empty());
    }
}

TEST_CASE("start: auto comes back after the peer's delete, start: listen waits") {
    Pair pair;
    REQUIRE(pair.establish());
    pair.right.command(ike::Down{"t"});
    pair.right.command(ike::Up{"t"});
    pair.world.run_for(seconds(15));
    CHECK(pair.up());
}

TEST_CASE("removing a tunnel deletes it at the peer and forgets it") {
    Pair pair;
    REQUIRE(pair.establish());
    const auto id = pair.left.command(ike::RemoveTunnel{"t"});
    CHECK(pair.left.answer(id)->ok);
    CHECK(pair.left.engine().status().empty());
    pair.world.run_for(seconds(1));
    CHECK(pair.right.count("deleted_by_peer") == 1);
    CHECK(pair.left.dataplane().children().empty());
    pair.world.run_for(seconds(20));
    CHECK(pair.left.engine().counters().ike_sas == 0);
}

TEST_CASE("shutdown deletes everything and says when it is done") {
    const bool peer_answers = GENERATE(true, false);
    Pair pair;
    REQUIRE(pair.establish());
    if (!peer_answers) pair.world.network.filter = [](const Packet&) { return false; };
    CHECK_FALSE(pair.left.engine().idle());
    pair.left.command(ike::Shutdown{});
    CHECK_FALSE(pair.left.engine().idle());
    CHECK(pair.world.run_until([&] { return pair.left.engine().idle(); }, seconds(4)));
    CHECK(pair.left.dataplane().children().empty());
    CHECK((pair.right.count("deleted_by_peer") == 1) == peer_answers);
}

TEST_CASE("the peer deletes the CHILD_SA alone and start: auto makes another") {
    // Lifetimes of the right side end first and it does not rekey: margin 0.
    Pair pair;
    auto right = right_tunnel();
    right.esp_proposals = esp_proposals({"aes256gcm16-ecp256"});  // its rekeys are refused
    right.esp_lifetime = seconds(30);
    right.esp_rekey_margin = seconds(5);
    REQUIRE(pair.establish(left_tunnel(), right));
    pair.world.run_for(seconds(60));
    CHECK(pair.right.count("expired") >= 1);
    CHECK(pair.up());
}

}  // namespace esplane::sim
