// Packets that arrive at a worker which does not have their tunnel.
#include <catch2/catch.hpp>
#include <memory>

#include "dataplane/worker/worker.h"
#include "tests/unit/dataplane/support/allocations.h"
#include "tests/unit/dataplane/support/memory_io.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"
#include "tests/unit/dataplane/worker/bench.h"

namespace esplane::dataplane {
namespace {

using test::Bench;
using test::Drops;

constexpr WorkerId kOwner{1};

/// Two workers in one thread, the second of which has the tunnel.
class Two {
  public:
    explicit Two(const TunnelPolicy& policy = test::tunnel_policy()) {
        for (std::uint8_t i = 0; i < 2; ++i)
            worker[i] = std::make_unique<Worker<test::MemoryIo, test::MemoryIo>>(
                clear[i], cipher[i], waiter_[i], mailbox[i], mesh_.ends_of(WorkerId{i}));
        give(0, AddTunnel{std::make_unique<TunnelState>(policy, kOwner)});
        auto owned = std::make_unique<TunnelState>(policy);
        give(1, AddTunnel{std::move(owned)});
    }
    void give(std::size_t to, Command command) { REQUIRE(mailbox[to].commands.push(command)); }
    /// Its inbound SPI names the owner.
    static ChildOptions child(std::uint32_t number = 1) {
        ChildOptions options = test::child_options(number);
        options.spi_in = Spi{(to_number(options.spi_in) << 8 & ~kWorkerOfSpi) | to_number(kOwner)};
        return options;
    }
    void install(ChildOptions options) {
        give(1, Install{std::make_unique<ChildSa>(std::move(options))});
        work();
    }
    void work() {
        do {
            for (const auto& one : worker)
                one->turn();
        } while (worker[0]->has_backlog() || worker[1]->has_backlog());
    }
    template <typename Kind>
    std::vector<Kind> events_of(std::size_t from) {
        std::vector<Kind> taken;
        while (auto event = mailbox[from].events.pop()) {
            if (auto* one = std::get_if<Kind>(&*event)) taken.push_back(std::move(*one));
        }
        return taken;
    }
    Drops drops(std::size_t at) const { return test::drops_of(mailbox[at].drops); }

    test::MemoryIo clear[2];
    test::MemoryIo cipher[2];
    Bell to_control;
    Mailbox mailbox[2] = {Mailbox{to_control}, Mailbox{to_control}};

  private:
    Waiter waiter_[2];
    HandoffMesh mesh_{{&mailbox[0].to_worker, &mailbox[1].to_worker}};

  public:
    std::unique_ptr<Worker<test::MemoryIo, test::MemoryIo>> worker[2];
};

TEST_CASE("a packet out of the wrong queue leaves by the worker that has its tunnel, whole") {
    Two two;
    two.install(Two::child());
    for (const std::size_t queue : {0U, 1U, 0U, 0U}) {
        two.clear[queue].arrive(test::outgoing_packet(50), test::kDevice);
        two.work();
        CHECK(two.cipher[0].take().empty());
        const auto sent = two.cipher[1].take();
        REQUIRE(sent.size() == 1);
        CHECK(sent[0].outer == Two::child().outer);
        CHECK(Spi{load_be<std::uint32_t>(sent[0].octets.data())} == Two::child().spi_out);
        const auto sequence = load_be<std::uint32_t>(sent[0].octets.data() + 4);
        CHECK(test::open_with_openssl(Two::child().key_out, sequence, Two::child().esn, sent[0].octets) ==
              test::with_trailer(test::outgoing_packet(50), 4));
    }
    CHECK(two.mailbox[0].handed_over.read() == 3);
    CHECK(two.mailbox[0].packets.read() == 0);
    CHECK(two.mailbox[1].packets.read() == 4);
    CHECK((two.drops(0).empty() && two.drops(1).empty()));
    CHECK_FALSE(two.clear[0].is_lent);
}

TEST_CASE("a datagram at the wrong socket is opened by the worker that its SPI names") {
    Two two;
    two.install(Two::child());
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence)
        two.cipher[sequence % 2].arrive(Bench::from_peer(Two::child(), sequence), Two::child().outer);
    two.cipher[0].arrive(Bench::from_peer(Two::child(), 3), Two::child().outer);
    two.work();
    CHECK(two.clear[0].take().empty());
    const auto delivered = two.clear[1].take();
    REQUIRE(delivered.size() == 3);
    for (const auto& one : delivered)
        CHECK((one.octets == test::incoming_packet(50) && one.port == test::kDevice));
    CHECK(two.mailbox[0].handed_over.read() == 2);
    CHECK(two.drops(0).empty());
    CHECK(two.drops(1) == Drops{{"replay", 1}});
    CHECK_FALSE(two.cipher[0].is_lent);
}

TEST_CASE("IKE, keepalives and SPIs of no worker stay where they arrived") {
    Two two;
    two.install(Two::child());
    const Path from = Two::child().outer;
    two.cipher[0].arrive({0xff}, from);
    two.cipher[0].arrive({1, 2}, from);
    two.cipher[0].arrive({0, 0, 0, 0, 1, 2}, from);
    Bytes stranger(60, 0x11);
    two.cipher[0].arrive(stranger, from, Encapsulation::kNone);
    two.work();
    CHECK(two.mailbox[0].handed_over.read() == 0);
    CHECK(two.drops(0) == Drops{{"keepalive", 1}, {"runt", 1}});
    CHECK(two.events_of<Punted>(0).size() == 1);
    CHECK(two.drops(1).empty());
}

TEST_CASE("a tunnel that is down is missed by the worker that has it, and by nobody else") {
    TunnelPolicy policy = test::tunnel_policy();
    policy.acquire = true;
    Two two(policy);
    two.clear[0].arrive(test::outgoing_packet(50), test::kDevice);
    two.work();
    CHECK(two.drops(0).empty());
    CHECK(two.drops(1) == Drops{{"no_sa", 1}});
    CHECK(two.events_of<Acquire>(0).empty());
    CHECK(two.events_of<Acquire>(1).size() == 1);
}

TEST_CASE("what the other worker has no room for is dropped and counted, for worker and tunnel, and order is kept") {
    Two two;
    two.install(Two::child());
    TunnelState* const tunnel = new TunnelState(test::tunnel_policy(), kOwner);
    two.give(0, RemoveTunnel{TunnelId{1}});
    two.give(0, AddTunnel{std::unique_ptr<TunnelState>(tunnel)});
    constexpr std::size_t kCount = 4000;
    for (std::size_t i = 0; i < kCount; ++i) {
        Bytes packet = test::outgoing_packet(1400);
        store_be(packet.data() + packet.size() - 2, static_cast<std::uint16_t>(i));
        two.clear[0].arrive(std::move(packet), test::kDevice);
    }
    do {
        two.worker[0]->turn();
    } while (two.worker[0]->has_backlog());
    const std::uint64_t lost = two.drops(0).at("handoff_full");
    CHECK(lost > 0);
    CHECK(lost == tunnel->drops.read(DropReason::kHandoffFull));
    CHECK(lost + two.mailbox[0].handed_over.read() == kCount);
    two.work();
    const auto sent = two.cipher[1].take();
    CHECK(sent.size() == kCount - lost);
    bool in_order = true;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const auto opened = test::open_with_openssl(Two::child().key_out, i + 1, Two::child().esn, sent[i].octets);
        REQUIRE(opened);
        in_order = in_order && load_be<std::uint16_t>(opened->data() + test::outgoing_packet(1400).size() - 2) == i;
    }
    CHECK(in_order);
    // There is room again.
    two.clear[0].arrive(test::outgoing_packet(50), test::kDevice);
    two.work();
    CHECK(two.cipher[1].take().size() == 1);
    CHECK(two.drops(0).at("handoff_full") == lost);
}

TEST_CASE("a datagram that finds no room is dropped and counted as well") {
    Two two;
    two.install(Two::child());
    for (std::uint64_t i = 0; i < 4000; ++i)
        two.cipher[0].arrive(Bench::from_peer(Two::child(), 1, 1400), Two::child().outer);
    do {
        two.worker[0]->turn();
    } while (two.worker[0]->has_backlog());
    CHECK(two.drops(0).at("handoff_full") + two.mailbox[0].handed_over.read() == 4000);
}

TEST_CASE("later fragments follow the first to another worker, where a policy asks for ports") {
    TunnelPolicy policy = test::tunnel_policy();
    policy.policies[0].remote[0].protocol = 17;
    policy.policies[0].remote[0].first_port = policy.policies[0].remote[0].last_port = 2000;
    Two two(policy);
    two.install(Two::child());
    const auto piece = [](ByteView data, std::uint16_t fragment) {
        return test::ipv4(test::address("10.1.0.9"), test::address("10.2.0.9"), 17, data, fragment);
    };
    two.clear[0].arrive(piece(test::udp(1000, 2000, test::filler(72)), 0x2000), test::kDevice);
    two.clear[0].arrive(piece(test::filler(30), 10), test::kDevice);
    two.work();
    CHECK(two.drops(0).empty());
    CHECK(two.mailbox[0].handed_over.read() == 2);
}

TEST_CASE("a report of ICMP about another worker's SA goes to the control thread, and from there to that worker") {
    Two two;
    two.install(Two::child());
    (void)two.events_of<Resized>(1);
    const auto report = [](Encapsulation encapsulation, std::optional<Spi> spi) {
        return TooBigReport{.outer = Two::child().outer, .encapsulation = encapsulation, .spi = spi, .mtu_bytes = 1300};
    };
    // Of raw ESP every socket is told; and what names no SPI helps nobody.
    two.cipher[0].reports = {report(Encapsulation::kNone, Two::child().spi_out),
                             report(Encapsulation::kUdp, std::nullopt)};
    two.work();
    CHECK(two.events_of<ForeignReport>(0).empty());
    two.cipher[0].reports = {report(Encapsulation::kUdp, Two::child().spi_out)};
    two.work();
    const auto foreign = two.events_of<ForeignReport>(0);
    REQUIRE(foreign.size() == 1);
    two.give(1, foreign[0]);
    two.work();
    const auto resized = two.events_of<Resized>(1);
    // A policy that says the MTU itself is kept below the path's, too.
    REQUIRE(resized.size() == 1);
    CHECK(resized[0].path_mtu_bytes == 1300);
    // Nobody has it: the hint goes no further.
    TooBigReport unknown = report(Encapsulation::kUdp, Spi{0x77777777});
    two.give(1, ForeignReport{unknown});
    two.work();
    CHECK(two.events_of<ForeignReport>(1).empty());
}

TEST_CASE("a flood of reports about no SA of ours costs the control thread little") {
    Two two;
    for (int i = 0; i < 1000; ++i) {
        two.cipher[0].reports.push_back({.outer = Two::child().outer,
                                         .encapsulation = Encapsulation::kUdp,
                                         .spi = Spi{0x1000U + static_cast<std::uint32_t>(i)},
                                         .mtu_bytes = 1300});
    }
    two.work();
    const std::size_t told = two.events_of<ForeignReport>(0).size();
    CHECK(told > 0);
    CHECK(told < 200);
}

TEST_CASE("handing over allocates nothing") {
    Two two;
    two.install(Two::child());
    for (auto* io : {&two.clear[1], &two.cipher[1]})
        io->forgets = true;
    const auto arrive = [&](std::uint64_t first) {
        for (std::uint64_t i = first; i < first + 500; ++i) {
            two.clear[0].arrive(test::outgoing_packet(200), test::kDevice);
            two.cipher[0].arrive(Bench::from_peer(Two::child(), i), Two::child().outer);
        }
    };
    arrive(1);
    two.work();
    arrive(501);
    const std::size_t before = test::allocations();
    two.work();
    CHECK(test::allocations() == before);
    CHECK(two.clear[1].sent_count + two.cipher[1].sent_count == 2000);
}

}  // namespace
}  // namespace esplane::dataplane
