// Addresses that change under the SAs (RFC 4555): the left side moves, the right one follows.

#include <catch2/catch.hpp>

#include "ike/wire/codec.h"
#include "tests/sim/sim.h"

namespace esplane::sim {

using ike::wire::ExchangeType;
using std::chrono::seconds;

namespace {

const IpAddress kSecond = IpAddress::v4(0xc0000265);  // 192.0.2.101
const IpAddress kThird = IpAddress::v4(0xc0000266);
const IpAddress kForwarder = IpAddress::v4(0xcb007105);  // 203.0.113.5

/// Left and right, and what must stay the same whatever moves.
struct Travellers : Pair {
    explicit Travellers(ike::TunnelOptions left_options = left_tunnel(),
                        ike::TunnelOptions right_options = right_tunnel(), std::uint64_t seed = 1)
        : Pair(seed) {
        world.lend(left, kSecond);
        world.lend(left, kThird);
        const bool established = establish(std::move(left_options), std::move(right_options));
        REQUIRE(established);
        spi = current_children(left)[0].spi_in;
        ike_spi = left.status().ike->spi_i;
    }
    /// The left side gives up all addresses but this one; what was on its way there is lost.
    std::uint64_t move(const IpAddress& to) {
        for (const IpAddress& address : {kLeft, kSecond, kThird})
            if (address != to) world.withdraw(address);
        world.lend(left, to);
        return left.command(ike::MoveTunnel{"t", to});
    }
    bool kept_its_sas() const {
        return current_children(left).size() == 1 && current_children(left)[0].spi_in == spi &&
               left.status().ike->spi_i == ike_spi;
    }
    const dataplane::ChildOptions& outbound(Node& node) const {
        return node.dataplane().outbound(dataplane::TunnelId{1})->options;
    }

    dataplane::Spi spi{};
    ike::IkeSpi ike_spi{};
};

bool is_informational(const Packet& packet, bool is_response) {
    const auto* datagram = std::get_if<Bytes>(&packet.content);
    const auto header = datagram == nullptr ? std::nullopt : std::optional(ike::wire::parse_header(*datagram));
    return header && *header && (*header)->exchange == ExchangeType::kInformational &&
           (*header)->is_response == is_response;
}

}  // namespace

TEST_CASE("a move takes IKE and ESP along, with the same SAs") {
    Travellers pair;
    const auto command = pair.move(kSecond);
    REQUIRE(pair.left.answer(command)->ok);
    pair.world.run_for(seconds(1));
    CHECK(pair.kept_its_sas());
    CHECK(pair.up());
    CHECK(pair.leftover() == "");
    CHECK(pair.right.status().peer == Endpoint{kSecond, 4500});
    CHECK(pair.outbound(pair.right).outer == Path{{kRight, 0}, {kSecond, 0}});
    CHECK(pair.outbound(pair.left).outer == Path{{kSecond, 0}, {kRight, 0}});
    CHECK(pair.right.count("peer_moved") == 1);
    CHECK(pair.left.count("moved") == 1);

    SECTION("and back again") {
        pair.move(kLeft);
        pair.world.run_for(seconds(1));
        CHECK(pair.kept_its_sas());
        CHECK(pair.up());
        CHECK(pair.right.count("peer_moved") == 2);
    }
    SECTION("rekeys of either side go on from there, and it may move on after them") {
        for (Node* side : {&pair.left, &pair.right}) {
            side->command(ike::Rekey{"t", false});
            side->command(ike::Rekey{"t", true});
            pair.world.run_for(seconds(8));
            CHECK(pair.up());
        }
        REQUIRE(pair.left.answer(pair.move(kThird))->ok);
        pair.world.run_for(seconds(19));
        CHECK(pair.up());
        CHECK(pair.leftover() == "");
        CHECK(pair.right.status().peer == Endpoint{kThird, 4500});
    }
}

TEST_CASE("traffic goes on during a move, but for what was on its way") {
    Travellers pair;
    pair.world.network.faults.delay = milliseconds(20);
    const auto before = pair.left.payloads_received;
    for (int i = 0; i < 100; ++i) {
        pair.world.at(milliseconds(10 * i), [&] { pair.world.send_payload(pair.right); });
    }
    pair.world.at(milliseconds(500), [&] { pair.move(kSecond); });
    pair.world.run_for(seconds(2));
    // Two round trips of 40 ms, in which it is sent where nobody is.
    CHECK(pair.left.payloads_received - before >= 100 - 11);
    CHECK(pair.kept_its_sas());
}

TEST_CASE("a move in the middle of whatever else is under way") {
    const int what = GENERATE(0, 1, 2, 3, 4, 5);
    const int after = GENERATE(0, 15, 25, 35, 60);
    CAPTURE(what, after);
    Travellers pair;
    pair.world.network.faults.delay = milliseconds(10);
    Node& who = what % 2 == 0 ? pair.left : pair.right;
    if (what < 2) who.command(ike::Rekey{"t", true});
    if (what == 2 || what == 3) who.command(ike::Rekey{"t", false});
    if (what > 3) {
        pair.left.command(ike::Rekey{"t", true});
        pair.right.command(ike::Rekey{"t", true});
    }
    pair.world.at(milliseconds(after), [&] { pair.move(kSecond); });
    pair.world.run_for(seconds(93));
    CHECK(pair.right.status().peer == Endpoint{kSecond, 4500});
    CHECK(pair.left.count("established") == 1);
    CHECK(pair.up());
    CHECK(pair.leftover() == "");
}

TEST_CASE("moves one after the other end where the last one goes") {
    const int apart = GENERATE(0, 1, 5, 15, 25, 45, 200);
    CAPTURE(apart);
    Travellers pair;
    pair.world.network.faults.delay = milliseconds(10);
    pair.move(kSecond);
    pair.world.at(milliseconds(apart), [&] { pair.move(kThird); });
    pair.world.at(milliseconds(2 * apart), [&] { pair.move(kSecond); });
    pair.world.run_for(seconds(27));
    CHECK(pair.kept_its_sas());
    CHECK(pair.right.status().peer == Endpoint{kSecond, 4500});
    CHECK(pair.outbound(pair.right).outer.remote.address == kSecond);
    CHECK(pair.up());
    CHECK(pair.leftover() == "");
}

TEST_CASE("moves over a network that loses, repeats and reorders") {
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 41)));
    CAPTURE(seed);
    Travellers pair(left_tunnel(), right_tunnel(), seed);
    pair.world.network.faults = {0.2, 0.2, milliseconds(5), milliseconds(80)};
    for (int i = 0; i < 6; ++i) {
        pair.move(i % 2 == 0 ? kSecond : kThird);
        pair.world.run_for(milliseconds(700 * (i + 1)));
    }
    pair.world.run_for(seconds(60));
    pair.world.network.faults = {};
    pair.world.run_for(seconds(20));
    CHECK(pair.kept_its_sas());
    CHECK(pair.up());
    CHECK(pair.outbound(pair.right).outer.remote.address == kThird);
}

TEST_CASE("into a network behind a NAT, and out of it") {
    Travellers pair;
    pair.world.network.nats.emplace_back(kSecond, kLeftPublic);
    pair.move(kSecond);
    pair.world.run_for(seconds(1));
    CHECK(pair.kept_its_sas());
    CHECK(pair.left.status().ike->local_nat);
    CHECK(pair.right.status().ike->remote_nat);
    CHECK(current_children(pair.left)[0].encapsulation == dataplane::Encapsulation::kUdp);
    CHECK(pair.outbound(pair.right).encapsulation == dataplane::Encapsulation::kUdp);
    CHECK(pair.outbound(pair.right).outer.remote == pair.right.status().peer);
    CHECK(pair.right.status().peer->address == kLeftPublic);
    CHECK(pair.up());
    CHECK(pair.leftover() == "");
    pair.world.run_for(seconds(60));
    CHECK(pair.left.keepalives > 0);

    SECTION("the NAT's new mapping is followed as without MOBIKE") {
        pair.world.network.nats.front().reboot();
        pair.world.run_for(seconds(40));
        CHECK(pair.up());
        CHECK(pair.kept_its_sas());
    }
    SECTION("to where there is none") {
        pair.move(kLeft);
        pair.world.run_for(seconds(1));
        CHECK(pair.kept_its_sas());
        CHECK_FALSE(pair.left.status().ike->local_nat);
        CHECK_FALSE(pair.right.status().ike->remote_nat);
        CHECK(current_children(pair.left)[0].encapsulation == dataplane::Encapsulation::kNone);
        CHECK(pair.outbound(pair.right).outer == Path{{kRight, 0}, {kLeft, 0}});
        CHECK(pair.up());
        CHECK(pair.leftover() == "");
        const auto keepalives = pair.left.keepalives;
        pair.world.run_for(seconds(60));
        CHECK(pair.left.keepalives == keepalives);
    }
}

TEST_CASE("a NAT that comes on the way, and goes, is found by a liveness check") {
    Travellers pair;
    pair.world.network.nats.emplace_back(kLeft, kLeftPublic);
    pair.world.network.filter = [](const Packet& packet) { return packet.destination.address != kLeft; };
    pair.world.run_for(seconds(20));
    CHECK(pair.left.status().ike->local_nat);
    CHECK(pair.right.status().ike->remote_nat);
    CHECK(pair.outbound(pair.left).encapsulation == dataplane::Encapsulation::kUdp);
    CHECK(pair.outbound(pair.right).encapsulation == dataplane::Encapsulation::kUdp);
    CHECK(pair.outbound(pair.right).outer.remote.address == kLeftPublic);
    CHECK(pair.right.status().peer->port >= 40000);
    CHECK(pair.up());
    CHECK(pair.kept_its_sas());
    CHECK(pair.leftover() == "");

    pair.world.network.nats.clear();
    pair.world.network.filter = [](const Packet& packet) { return packet.destination.address != kLeftPublic; };
    pair.world.run_for(seconds(20));
    CHECK_FALSE(pair.left.status().ike->local_nat);
    CHECK_FALSE(pair.right.status().ike->remote_nat);
    CHECK(pair.outbound(pair.right).outer == Path{{kRight, 0}, {kLeft, 0}});
    CHECK(pair.up());
    CHECK(pair.kept_its_sas());
    CHECK(pair.left.count("moved") == 2);
    CHECK(pair.left.count("liveness_failed") + pair.right.count("liveness_failed") == 0);

    SECTION("and while none does, checks change nothing") {
        pair.world.run_for(seconds(120));
        CHECK(pair.left.count("moved") == 2);
    }
}

TEST_CASE("encap: always stays in UDP wherever it moves") {
    auto left = left_tunnel();
    left.force_encap = true;
    Travellers pair(left);
    pair.move(kSecond);
    pair.world.run_for(seconds(1));
    CHECK(pair.kept_its_sas());
    CHECK(pair.outbound(pair.right).outer == Path{{kRight, 4500}, {kSecond, 4500}});
    CHECK(pair.up());
}

TEST_CASE("ESP does not go to a new address before an answer has come from there") {
    Travellers pair;
    // The update arrives; nothing reaches the new address.
    pair.world.network.filter = [](const Packet& packet) { return packet.destination.address != kSecond; };
    pair.move(kSecond);
    pair.world.run_for(seconds(2));
    CHECK(pair.right.status().peer == Endpoint{kSecond, 4500});
    CHECK(pair.outbound(pair.right).outer.remote.address == kLeft);

    SECTION("when the way is free again, it goes there") {
        pair.world.network.filter = nullptr;
        pair.world.run_for(seconds(12));
        CHECK(pair.kept_its_sas());
        CHECK(pair.up());
        CHECK(pair.outbound(pair.right).outer.remote.address == kSecond);
    }
    SECTION("if it stays so, the right side looks at the former address, and then holds the peer for gone") {
        pair.world.run_for(seconds(60));
        CHECK(pair.right.count("peer_not_there") == 1);
        CHECK(pair.right.count("peer_moved") == 0);
        pair.world.run_for(seconds(60));
        CHECK(pair.right.engine().counters().child_sas == 0);
    }
    SECTION("a CHILD_SA made meanwhile does not go there either") {
        pair.world.network.filter = [](const Packet& packet) {
            return packet.destination.address != kSecond || !is_informational(packet, false);
        };
        const auto command = pair.left.command(ike::Rekey{"t", false});
        pair.world.run_for(seconds(5));
        REQUIRE(pair.left.answer(command));
        CHECK(pair.left.answer(command)->ok);
        for (const auto& [id, child] : pair.right.dataplane().children())
            CHECK(child.options.outer.remote.address == kLeft);
    }
}

TEST_CASE("an update that something on the way sends from its own address moves no ESP") {
    Travellers pair;
    std::optional<Bytes> update;
    pair.world.network.filter = [&](const Packet& packet) {
        if (!is_informational(packet, false) || packet.source.address != kSecond || update) return true;
        update = std::get<Bytes>(packet.content);
        return false;
    };
    pair.world.lend(pair.left, kSecond);
    pair.left.command(ike::MoveTunnel{"t", kSecond});
    REQUIRE(update);
    // Nobody answers there.
    pair.right.receive({{kRight, 4500}, {kForwarder, 6666}}, *update);
    for (int i = 0; i < 70; ++i) {
        pair.world.run_for(seconds(1));
        REQUIRE(pair.outbound(pair.right).outer.remote.address != kForwarder);
    }
    CHECK(pair.up());
    pair.move(kThird);
    pair.world.run_for(seconds(2));
    CHECK(pair.kept_its_sas());
    CHECK(pair.up());
}

TEST_CASE("a move to where the peer cannot be reached from ends the SA, and the tunnel is negotiated anew") {
    Travellers pair;
    pair.world.network.filter = [](const Packet& packet) { return packet.source.address != kSecond; };
    pair.move(kSecond);
    pair.world.run_for(seconds(40));
    CHECK(current_children(pair.left).empty());
    pair.world.network.filter = nullptr;
    pair.world.lend(pair.left, kSecond);
    // The right one's tunnel takes its peer at one address only.
    pair.world.run_for(seconds(60));
    CHECK(pair.right.count("no_tunnel") > 0);
}

TEST_CASE("without MOBIKE on either side nothing is taken along") {
    const bool ours = GENERATE(true, false);
    auto left = left_tunnel();
    auto right = right_tunnel();
    (ours ? left : right).mobike = false;
    Travellers pair(left, right);
    const auto command = pair.left.command(ike::MoveTunnel{"t", kSecond});
    CHECK_FALSE(pair.left.answer(command)->ok);
    CHECK(pair.left.answer(command)->code == "cannot_move");
    CHECK(pair.up());
    CHECK(pair.outbound(pair.left).outer.local.address == kLeft);
    CHECK(pair.leftover() == "");
}

TEST_CASE("only who began the tunnel takes it along") {
    Travellers pair;
    CHECK(pair.right.answer(pair.right.command(ike::MoveTunnel{"t", kRightPublic}))->code == "cannot_move");
    // Rekeyed by the right one, which is the new IKE SA's initiator: the left one still moves.
    pair.right.command(ike::Rekey{"t", true});
    pair.world.run_for(seconds(2));
    REQUIRE_FALSE(pair.left.status().ike->initiator);
    CHECK(pair.right.answer(pair.right.command(ike::MoveTunnel{"t", kRightPublic}))->code == "cannot_move");
    CHECK(pair.left.answer(pair.move(kSecond))->ok);
    pair.world.run_for(seconds(1));
    CHECK(pair.up());
    CHECK(pair.outbound(pair.right).outer.remote.address == kSecond);
}

TEST_CASE("a tunnel in transport mode does not move") {
    auto left = left_tunnel();
    auto right = right_tunnel();
    for (auto* side : {&left, &right}) {
        side->mode = dataplane::Mode::kTransport;
        side->children = {{"", {subnets({"192.0.2.1/32"}), subnets({"192.0.2.2/32"})}}};
    }
    right.children = mirrored(right.children);
    Travellers pair(left, right);
    CHECK(pair.left.answer(pair.left.command(ike::MoveTunnel{"t", kSecond}))->code == "cannot_move");
    CHECK(pair.up());
}

TEST_CASE("a tunnel without SAs is negotiated from its new address") {
    Pair pair;
    pair.world.lend(pair.left, kSecond);
    auto left = left_tunnel();
    left.start = ike::StartMode::kListen;
    auto right = right_tunnel();
    right.remote_address = kSecond;
    pair.add(left, right);
    CHECK(pair.left.answer(pair.left.command(ike::MoveTunnel{"t", kSecond}))->ok);
    pair.left.command(ike::Up{"t"});
    pair.world.run_for(seconds(1));
    CHECK(pair.up());
    CHECK(pair.right.status().peer == Endpoint{kSecond, 500});
}

}  // namespace esplane::sim
