#include "dataplane/worker/worker.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/allocations.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/sequence.h"
#include "tests/unit/dataplane/worker/bench.h"

namespace esplane::dataplane {
namespace {

using test::Bench;
using test::Drops;

TEST_CASE("an installed CHILD_SA is answered, sends and receives") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options());
    bench.work();
    REQUIRE(bench.events_of<Installed>().size() == 1);
    CHECK(bench.send_out(3) == std::vector<Spi>(3, test::child_options().spi_out));
    bench.cipher.arrive(Bench::from_peer(test::child_options(), 1), test::child_options().outer);
    bench.work();
    const auto delivered = bench.clear.take();
    REQUIRE(delivered.size() == 1);
    CHECK(delivered[0].octets == test::incoming_packet(50));
    CHECK(delivered[0].port == test::kDevice);
    CHECK(bench.mailbox.packets.read() == 4);
    CHECK(bench.drops().empty());
    CHECK_FALSE(bench.clear.is_lent);
    CHECK_FALSE(bench.cipher.is_lent);
}

TEST_CASE("what leaves carries path and encapsulation of its CHILD_SA, also after a move") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options());
    bench.clear.arrive(test::outgoing_packet(1), test::kDevice);
    bench.work();
    auto sent = bench.cipher.take();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].outer == test::child_options().outer);
    CHECK(sent[0].encapsulation == Encapsulation::kUdp);

    const Path elsewhere{{test::address("192.0.2.1"), 0}, {test::address("198.51.100.1"), 0}};
    bench.give(MovePath{test::child_options().id, elsewhere, Encapsulation::kNone});
    bench.clear.arrive(test::outgoing_packet(1), test::kDevice);
    bench.work();
    sent = bench.cipher.take();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].outer == elsewhere);
    CHECK(sent[0].encapsulation == Encapsulation::kNone);
}

TEST_CASE("nothing leaves before a tunnel is there, nor before it has a CHILD_SA, nor after it is retired") {
    Bench bench;
    CHECK(bench.send_out().empty());
    CHECK(bench.drops() == Drops{{"no_policy", 1}});
    bench.add_tunnel();
    CHECK(bench.send_out().empty());
    bench.install(test::child_options());
    CHECK(bench.send_out().size() == 1);
    bench.give(Retire{test::child_options().id});
    CHECK(bench.send_out().empty());
    CHECK(bench.drops() == Drops{{"no_policy", 1}, {"no_sa", 2}});
    bench.give(RemoveTunnel{TunnelId{1}});
    CHECK(bench.send_out().empty());
    CHECK(bench.drops() == Drops{{"no_policy", 2}, {"no_sa", 2}});
}

TEST_CASE("a retired CHILD_SA comes back, once, and receives no more") {
    Bench bench;
    const ChildOptions options = test::child_options();
    bench.add_tunnel();
    bench.install(test::copy_of(options));
    bench.work();
    (void)bench.events();
    bench.give(Retire{options.id});
    bench.give(Retire{options.id});
    bench.work();
    const auto returned = bench.events_of<Returned>();
    REQUIRE(returned.size() == 2);
    CHECK(returned[0].id == options.id);
    CHECK(returned[0].child != nullptr);
    CHECK(returned[1].id == options.id);
    CHECK(returned[1].child == nullptr);
    CHECK(bench.receive(options, 1) == 0);
}

TEST_CASE("a tunnel that is removed comes back with what was left of it") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options(1));
    bench.install(test::child_options(2));
    bench.work();
    (void)bench.events();
    bench.give(RemoveTunnel{TunnelId{1}});
    bench.work();
    const auto events = bench.events();
    REQUIRE(events.size() == 3);
    CHECK(std::get<Returned>(events[0]).child != nullptr);
    CHECK(std::get<Returned>(events[1]).child != nullptr);
    CHECK(std::get<TunnelReturned>(events[2]).tunnel != nullptr);
    CHECK(bench.receive(test::child_options(1), 1) == 0);
}

TEST_CASE("a CHILD_SA of an unknown tunnel, or of a SPI in use, is given back unused") {
    Bench bench;
    bench.install(test::child_options(1));
    bench.work();
    REQUIRE(bench.events_of<Returned>().size() == 1);
    bench.add_tunnel();
    bench.install(test::child_options(1));
    ChildOptions same_spi = test::child_options(2);
    same_spi.spi_in = test::child_options(1).spi_in;
    bench.install(std::move(same_spi));
    bench.work();
    auto events = bench.events();
    REQUIRE(events.size() == 3);
    CHECK(std::holds_alternative<Installed>(events[0]));
    CHECK(std::holds_alternative<Resized>(events[1]));
    REQUIRE(std::holds_alternative<Returned>(events[2]));
    CHECK(std::get<Returned>(events[2]).child->id == ChildId{2});
    CHECK(bench.receive(test::child_options(1), 1) == 1);
    CHECK(bench.send_out() == std::vector<Spi>{test::child_options(1).spi_out});
}

TEST_CASE("an initiator's rekey: sends on the new SA at once, receives on both") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options(1));
    bench.install(test::child_options(2));
    CHECK(bench.send_out() == std::vector<Spi>{test::child_options(2).spi_out});
    CHECK(bench.receive(test::child_options(1), 1) == 1);
    CHECK(bench.receive(test::child_options(2), 1) == 1);
    CHECK(bench.send_out() == std::vector<Spi>{test::child_options(2).spi_out});
    bench.give(Retire{ChildId{1}});
    CHECK(bench.send_out() == std::vector<Spi>{test::child_options(2).spi_out});
    CHECK(bench.drops().empty());
}

TEST_CASE("a responder's rekey: sends on the old SA until the first packet on the new one (RFC 7296 2.8)") {
    Bench bench;
    ChildOptions fresh = test::child_options(2);
    fresh.send_at_once = false;
    bench.add_tunnel();
    bench.install(test::child_options(1));
    bench.install(test::copy_of(fresh));
    CHECK(bench.send_out() == std::vector<Spi>{test::child_options(1).spi_out});
    CHECK(bench.receive(test::child_options(1), 1) == 1);
    CHECK(bench.send_out() == std::vector<Spi>{test::child_options(1).spi_out});
    // What does not verify switches nothing.
    Bytes forged = Bench::from_peer(fresh, 1);
    forged.back() ^= 1;
    bench.cipher.arrive(forged, fresh.outer);
    CHECK(bench.send_out() == std::vector<Spi>{test::child_options(1).spi_out});
    CHECK(bench.receive(fresh, 1) == 1);
    CHECK(bench.send_out() == std::vector<Spi>{fresh.spi_out});
}

TEST_CASE("a responder's rekey: Activate switches, too") {
    Bench bench;
    ChildOptions fresh = test::child_options(2);
    fresh.send_at_once = false;
    bench.add_tunnel();
    bench.install(test::child_options(1));
    bench.install(test::copy_of(fresh));
    bench.give(Activate{fresh.id});
    bench.give(Activate{ChildId{99}});
    CHECK(bench.send_out() == std::vector<Spi>{fresh.spi_out});
    bench.give(Retire{ChildId{1}});
    CHECK(bench.send_out() == std::vector<Spi>{fresh.spi_out});
}

TEST_CASE("a rekey in the middle of traffic loses nothing and doubles nothing") {
    Bench bench;
    const ChildOptions old = test::child_options(1);
    ChildOptions fresh = test::child_options(2);
    fresh.send_at_once = false;
    bench.add_tunnel();
    bench.install(test::copy_of(old));
    std::size_t delivered = 0;
    std::size_t sent = 0;
    for (std::uint64_t i = 1; i <= 300; ++i) {
        if (i == 100) bench.install(test::copy_of(fresh));
        if (i == 250) bench.give(Retire{ChildId{1}});
        // The peer has switched at 150, and its packets overtake each other.
        const bool on_old = i < 150 || (i < 160 && i % 2 == 0);
        delivered += bench.receive(on_old ? old : fresh, i);
        sent += bench.send_out().size();
    }
    CHECK(delivered == 300);
    CHECK(sent == 300);
    CHECK(bench.drops().empty());
}

TEST_CASE("the first authentic packet of each CHILD_SA is reported once") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options(1));
    bench.install(test::child_options(2));
    bench.work();
    (void)bench.events();
    Bytes forged = Bench::from_peer(test::child_options(1), 1);
    forged[20] ^= 1;
    bench.cipher.arrive(forged, test::child_options(1).outer);
    bench.work();
    CHECK(bench.events().empty());
    for (std::uint64_t i = 1; i <= 3; ++i) {
        CHECK(bench.receive(test::child_options(1), i) == 1);
        CHECK(bench.receive(test::child_options(2), i) == 1);
    }
    const auto heard = bench.events_of<FirstInbound>();
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].child == ChildId{1});
    CHECK(heard[1].child == ChildId{2});
}

TEST_CASE("a tunnel that is down is wanted at most once a second, and only if it says so") {
    for (const bool acquire : {false, true}) {
        Bench bench;
        TunnelPolicy policy = test::tunnel_policy();
        policy.acquire = acquire;
        bench.add_tunnel(policy);
        for (int i = 0; i < 5; ++i)
            CHECK(bench.send_out(40).empty());
        CHECK(bench.events_of<Acquire>().size() == (acquire ? 1U : 0U));
        CHECK(bench.drops() == Drops{{"no_sa", 200}});
    }
}

TEST_CASE("a peer that is seen elsewhere is reported at most once a second, and only by what is authentic") {
    Bench bench;
    const ChildOptions options = test::child_options();
    bench.add_tunnel();
    bench.install(test::copy_of(options));
    bench.work();
    (void)bench.events();
    Path moved = options.outer;
    moved.remote = {test::address("198.51.100.77"), 61000};

    Bytes forged = Bench::from_peer(options, 1);
    forged.back() ^= 1;
    bench.cipher.arrive(forged, moved);
    bench.work();
    CHECK(bench.events_of<PeerMoved>().empty());

    CHECK(bench.receive(options, 1) == 1);
    CHECK(bench.events_of<PeerMoved>().empty());
    bench.cipher.arrive(Bench::from_peer(options, 1), moved);  // a replay from elsewhere
    bench.work();
    CHECK(bench.events_of<PeerMoved>().empty());

    for (std::uint64_t i = 2; i < 20; ++i)
        bench.cipher.arrive(Bench::from_peer(options, i), moved);
    bench.work();
    const auto seen = bench.events_of<PeerMoved>();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].child == options.id);
    CHECK(seen[0].seen == moved);
    // The data plane itself goes on sending where it was told to.
    bench.clear.arrive(test::outgoing_packet(1), test::kDevice);
    bench.work();
    CHECK(bench.cipher.take().at(0).outer == options.outer);
}

TEST_CASE("IKE from UDP 4500 reaches the control thread with its path") {
    Bench bench;
    Bytes datagram(4);
    append(datagram, test::filler(28));
    const Path path = test::child_options().outer;
    bench.cipher.arrive(datagram, path);
    bench.work();
    const auto punted = bench.events_of<Punted>();
    REQUIRE(punted.size() == 1);
    CHECK(punted[0].path == path);
    CHECK(punted[0].datagram == test::filler(28));
}

TEST_CASE("a flood of IKE is counted when the control thread has no room; what must arrive still does") {
    Bench bench;
    bench.add_tunnel();
    constexpr std::size_t kFlood = Mailbox::kEvents + 100;
    for (std::size_t i = 0; i < kFlood; ++i)
        bench.cipher.arrive(Bytes(32), test::child_options().outer);
    bench.work();
    CHECK(bench.drops().at("control_ring_full") == 100);
    bench.install(test::child_options());
    bench.work();
    std::size_t installed = 0;
    for (int i = 0; i < 3; ++i) {
        installed += bench.events_of<Installed>().size();
        bench.work();
    }
    CHECK(installed == 1);
}

TEST_CASE("running out of sequence numbers is reported once, in time") {
    Bench bench;
    bench.add_tunnel();
    auto child = std::make_unique<ChildSa>(test::child_options());
    child->out.sequence = test::sequence_after(0xbffffff8, false);
    bench.give(Install{std::move(child)});
    CHECK(bench.send_out(2).size() == 2);
    CHECK(bench.events_of<SoftLimit>().empty());
    CHECK(bench.send_out(200).size() == 200);
    CHECK(bench.events_of<SoftLimit>().size() == 1);
}

TEST_CASE("ESP that overtakes the installation of its SA is delivered, unless it comes twice or is forged") {
    Bench bench;
    ChildOptions fresh = test::child_options(2);
    fresh.send_at_once = false;
    bench.add_tunnel();
    bench.install(test::child_options(1));
    bench.work();
    Bytes forged = Bench::from_peer(fresh, 3);
    forged.back() ^= 1;
    for (const Bytes& octets :
         {Bench::from_peer(fresh, 1), Bench::from_peer(fresh, 2), Bench::from_peer(fresh, 1), forged})
        bench.cipher.arrive(octets, fresh.outer);
    bench.work();
    CHECK(bench.clear.take().empty());
    bench.install(test::copy_of(fresh));
    bench.work();
    CHECK(bench.clear.take().size() == 2);
    CHECK(bench.drops() == Drops{{"replay", 1}, {"bad_icv", 1}});
    CHECK(bench.send_out() == std::vector<Spi>{fresh.spi_out});
    CHECK(bench.receive(fresh, 4) == 1);
}

TEST_CASE("what the other side does not take is counted") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options());
    bench.cipher.refuse = 2;
    CHECK(bench.send_out(5).size() == 3);
    bench.clear.refuse = 1;
    CHECK(bench.receive(test::child_options(), 1) == 0);
    CHECK(bench.drops() == Drops{{"tx_failed", 3}});
    CHECK(bench.mailbox.packets.read() == 3);
}

TEST_CASE("a crowd of commands is done between packets, not before them") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options());
    bench.work();
    (void)bench.events();
    constexpr std::uint32_t kCrowd = 1000;
    for (std::uint32_t i = 0; i < kCrowd; ++i)
        bench.give(Retire{ChildId{100 + i}});
    bench.clear.arrive(test::outgoing_packet(50), test::kDevice);
    bench.worker().turn();
    CHECK(bench.cipher.take().size() == 1);
    CHECK(bench.events_of<Returned>().size() < 100);
    CHECK(bench.worker().has_backlog());
    bench.work();
    bench.give(Retire{ChildId{1}});
    bench.work();
    const auto returned = bench.events_of<Returned>();
    REQUIRE_FALSE(returned.empty());
    CHECK(returned.back().child != nullptr);
    CHECK_FALSE(bench.worker().has_backlog());
}

TEST_CASE("devices come and go") {
    Bench bench;
    const Bell first;
    bench.give(OpenPort{test::kDevice, first.descriptor(), {}});
    bench.work();
    CHECK(bench.clear.attached == std::vector<ClearPort>{test::kDevice});
    bench.give(ClosePort{test::kDevice, first.descriptor()});
    bench.work();
    CHECK(bench.clear.attached.empty());
    REQUIRE(bench.events_of<PortClosed>().size() == 1);
}

TEST_CASE("in steady state a packet costs no allocation, in either direction") {
    Bench bench;
    const ChildOptions options = test::child_options();
    TunnelPolicy policy = test::tunnel_policy();
    policy.mtu_bytes = 1400;
    bench.add_tunnel(policy);
    bench.install(test::copy_of(options));
    bench.clear.forgets = bench.cipher.forgets = true;
    CHECK(bench.receive(options, 1) == 0);
    (void)bench.send_out();
    for (std::uint64_t i = 2; i < 502; ++i) {
        Bytes packet = Bench::from_peer(options, i);
        if (i % 7 == 0) packet.back() ^= 1;
        bench.cipher.arrive(packet, options.outer);
        bench.clear.arrive(test::outgoing_packet(i), test::kDevice);
        bench.clear.arrive(Bytes(10), test::kDevice);
        // One that is fragmented, fragments that come in, one whose sender is told.
        bench.clear.arrive(test::outgoing_packet(3000), test::kDevice);
        bench.clear.arrive(test::ipv4(test::address("10.1.0.9"), test::address("10.2.0.9"), 17,
                                      test::udp(1, 2, test::filler(64)), i % 2 == 0 ? 0x2000 : 9),
                           test::kDevice);
        bench.clear.arrive(test::outgoing_packet(2000, Family::kIpv6), test::kDevice);
    }
    const std::size_t sent_before = bench.clear.sent_count + bench.cipher.sent_count;
    const std::size_t before = test::allocations();
    bench.work();
    CHECK(test::allocations() == before);
    CHECK(bench.clear.sent_count + bench.cipher.sent_count - sent_before > 900);
}

}  // namespace
}  // namespace esplane::dataplane
