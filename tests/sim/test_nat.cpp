// NAT detection, the move to port 4500, keepalives and peers that move (RFC 7296 2.23, RFC 3948).

#include <catch2/catch.hpp>

#include "tests/sim/sim.h"

namespace esplane::sim {

using std::chrono::seconds;

namespace {

/// What the right side's tunnel must say when the left one is behind a NAT, and the other way round.
void hide_left(Pair& pair, ike::TunnelOptions& right) {
    pair.world.network.nats.emplace_back(kLeft, kLeftPublic);
    right.remote_address = kLeftPublic;
}

}  // namespace

TEST_CASE("a NAT in front of the initiator") {
    Pair pair;
    auto right = right_tunnel();
    hide_left(pair, right);
    REQUIRE(pair.establish(left_tunnel(), right));
    CHECK(pair.left.status().ike->local_nat);
    CHECK_FALSE(pair.left.status().ike->remote_nat);
    CHECK(pair.right.status().ike->remote_nat);
    CHECK_FALSE(pair.right.status().ike->local_nat);
    const auto* out = pair.right.dataplane().outbound(dataplane::TunnelId{1});
    REQUIRE(out != nullptr);
    CHECK(out->options.encapsulation == dataplane::Encapsulation::kUdp);
    CHECK(out->options.outer.local == Endpoint{kRight, 4500});
    CHECK(out->options.outer.remote.address == kLeftPublic);
    CHECK(out->options.outer.remote.port >= 40000);

    SECTION("it keeps its mapping open while it has nothing else to send") {
        pair.world.run_for(seconds(21));  // the pings of the set-up count as sent
        const auto before = pair.left.keepalives;
        pair.world.run_for(seconds(60));
        CHECK(pair.left.keepalives == before + 3);
        CHECK(pair.right.keepalives == 0);
    }
    SECTION("when the NAT changes the mapping, authenticated IKE moves IKE and ESP along") {
        pair.world.network.nats.front().reboot();
        // The left one's next liveness check comes from another port.
        pair.world.run_for(seconds(40));
        CHECK(pair.up());
        const auto* moved = pair.right.dataplane().outbound(dataplane::TunnelId{1});
        CHECK(moved->options.outer.remote == pair.right.status().peer);
        CHECK(pair.right.count("liveness_failed") == 0);
        CHECK(pair.right.count("nat_rebound") == 1);
    }
    SECTION("rekeys from both sides pass it") {
        for (Node* side : {&pair.left, &pair.right}) {
            side->command(ike::Rekey{"t", false});
            side->command(ike::Rekey{"t", true});
            pair.world.run_for(seconds(8));
            CHECK(pair.up());
        }
    }
}

TEST_CASE("a NAT in front of the responder that forwards both ports") {
    Pair pair;
    pair.world.network.nats.emplace_back(kRight, kRightPublic);
    auto left = left_tunnel();
    left.remote_address = kRightPublic;
    // The mapping that an operator has set up by hand.
    for (const std::uint16_t port : {std::uint16_t{500}, std::uint16_t{4500}})
        pair.world.network.nats.back().forward(port);
    REQUIRE(pair.establish(left, right_tunnel()));
    CHECK(pair.left.status().ike->remote_nat);
    CHECK(pair.right.status().ike->local_nat);
    CHECK(current_children(pair.left)[0].encapsulation == dataplane::Encapsulation::kUdp);
    CHECK(current_children(pair.right)[0].encapsulation == dataplane::Encapsulation::kUdp);
}

TEST_CASE("encap: always on either side puts ESP into UDP without a NAT") {
    const bool on_left = GENERATE(true, false);
    Pair pair;
    auto left = left_tunnel();
    auto right = right_tunnel();
    (on_left ? left : right).force_encap = true;
    REQUIRE(pair.establish(left, right));
    for (Node* side : {&pair.left, &pair.right}) {
        const auto* out = side->dataplane().outbound(dataplane::TunnelId{1});
        REQUIRE(out != nullptr);
        CHECK(out->options.encapsulation == dataplane::Encapsulation::kUdp);
        CHECK(out->options.outer.remote.port == 4500);
        CHECK(out->options.outer.local.port == 4500);
    }
}

TEST_CASE("a peer that is not behind a NAT does not move, whatever address its messages seem to come from") {
    Pair pair;
    REQUIRE(pair.establish());
    // Something on the way rewrites the source of the left one's liveness checks.
    pair.world.network.nats.emplace_back(kLeft, kLeftPublic);
    pair.world.run_for(seconds(15));
    CHECK(pair.right.status().peer == Endpoint{kLeft, 500});
}

TEST_CASE("a message that does not verify moves nothing") {
    Pair pair;
    auto right = right_tunnel();
    hide_left(pair, right);
    Bytes liveness;
    REQUIRE(pair.establish(left_tunnel(), right));
    const auto before = pair.right.status().peer;
    pair.world.network.filter = [&](const Packet& packet) {
        const auto* datagram = std::get_if<Bytes>(&packet.content);
        if (datagram != nullptr && packet.source.address == kLeft && liveness.empty()) liveness = *datagram;
        return datagram == nullptr;
    };
    pair.world.run_for(seconds(20));
    REQUIRE_FALSE(liveness.empty());
    const Path stranger{{kRight, 4500}, {IpAddress::v4(0xcb007105), 6666}};
    liveness.back() ^= 1;
    pair.right.receive(stranger, liveness);
    CHECK(pair.right.status().peer == before);
    CHECK(pair.right.engine().counters().bad_icv == 1);
}

}  // namespace esplane::sim
