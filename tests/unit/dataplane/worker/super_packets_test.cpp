// Two gateways, each with a real TUN device's I/O: what the host behind one of them sends in super-packets is cut and
// sealed, carried by a bad network, opened and joined, and comes out at the host behind the other as if nothing had
// been between them. The kernels at both ends are a model (host_kernel.h).
#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>

#include "dataplane/io/tun.h"
#include "dataplane/packet/traffic_class.h"
#include "dataplane/worker/worker.h"
#include "tests/unit/dataplane/support/children.h"
#include "tests/unit/dataplane/support/host_traffic.h"
#include "tests/unit/dataplane/support/memory_io.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"
#include "tests/unit/dataplane/support/traffic.h"

namespace esplane::dataplane {
namespace {

using test::Drops;
using test::Message;
using test::Offer;
using test::Sent;

SelectorPair selectors() {
    const auto range = [](std::string_view prefix) { return TrafficSelector::from_prefix(*Prefix::parse(prefix)); };
    return {.local = {range("10.1.0.0/16"), range("fd00::/8")}, .remote = {range("10.2.0.0/16"), range("fd00::/8")}};
}

ChildOptions child_of_a() {
    ChildOptions options = test::child_options();
    options.selectors = selectors();
    options.replay_window = 1024;
    return options;
}

class Gateway {
  public:
    Gateway(ChildOptions child, OffloadSupport offload)
        : worker_(std::make_unique<Worker<TunIo, test::MemoryIo>>(clear_, cipher, waiter_, mailbox)) {
        TunnelPolicy policy = test::tunnel_policy();
        policy.policies = {child.selectors};
        give(OpenPort{test::kDevice, host.device(), offload});
        give(AddTunnel{std::make_unique<TunnelState>(policy)});
        give(Install{std::make_unique<ChildSa>(std::move(child))});
        worker_->turn();
    }
    /// Lets the worker do all that there is to do.
    void work() {
        for (waiter_.wait(0); has_work(); waiter_.wait(0))
            worker_->turn();
    }
    std::uint64_t packets() const { return mailbox.packets.read(); }
    Drops drops() const { return test::drops_of(mailbox.drops); }

    test::TunPair host;
    test::MemoryIo cipher;
    Bell to_control;
    Mailbox mailbox{to_control};

  private:
    void give(Command command) { REQUIRE(mailbox.commands.push(command)); }
    bool has_work() const { return clear_.has_backlog() || cipher.has_backlog() || waiter_.is_readable(host.device()); }

    Waiter waiter_;
    TunIo clear_{waiter_};
    std::unique_ptr<Worker<TunIo, test::MemoryIo>> worker_;
};

/// A packet on its way, and what is known of it.
struct Passing {
    Bytes packet;
    bool spoilt = false;
    std::size_t burst = 0;  ///< of the receiver, that it arrived in
};

/// Without what may differ though nothing is lost: the ID of packets with DF, and which of its two zeros a TCP checksum
/// is (RFC 1624 3); UDP has only one.
Bytes canonical(Bytes packet) {
    packet = test::without_id(std::move(packet));
    const bool v4 = packet[0] == 0x45;
    const std::size_t transport = v4 ? 20 : 40;
    if (packet.size() < transport + 20 || packet[v4 ? 9 : 6] != 6) return packet;
    std::uint8_t* const checksum = packet.data() + transport + 16;
    if (checksum[0] == 0xff && checksum[1] == 0xff) checksum[0] = checksum[1] = 0;
    return packet;
}

/// What has to come out, in order within each flow.
class Awaited {
  public:
    void add(Passing passing) { flows_[test::flow_of(passing.packet)].push_back(std::move(passing)); }
    /// The packet that has come out, as it went in.
    Passing take(const Bytes& packet) {
        std::deque<Passing>& flow = flows_[test::flow_of(packet)];
        REQUIRE_FALSE(flow.empty());
        Passing first = std::move(flow.front());
        flow.pop_front();
        // Compared before it is said: the printing of two long packets is for a failure only.
        if (canonical(packet) != canonical(first.packet)) CHECK(canonical(packet) == canonical(first.packet));
        return first;
    }
    bool empty() const {
        return std::all_of(flows_.begin(), flows_.end(), [](const auto& flow) { return flow.second.empty(); });
    }

  private:
    std::map<Bytes, std::deque<Passing>> flows_;
};

struct Datagram {
    Sent sent;
    std::size_t number = 0;  ///< of the packet inside
    bool damaged = false;
};

/// The network: loses, repeats, damages, reorders, marks as congested.
std::vector<Datagram> carry(const std::vector<Sent>& sent, crypto::Random& random) {
    std::vector<Datagram> carried;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        if (random.below(60) == 0) continue;
        Datagram datagram{sent[i], i};
        if (random.below(60) == 0) datagram.sent.traffic_class |= 3;
        if (random.below(60) == 0) {
            Bytes& octets = datagram.sent.octets;
            octets[8 + random.below(octets.size() - 8)] ^= 1;
            datagram.damaged = true;
        } else if (random.below(60) == 0) {
            carried.push_back(datagram);
        }
        carried.push_back(std::move(datagram));
    }
    for (std::size_t i = 0; i + 10 < carried.size(); ++i) {
        if (random.below(40) == 0) std::swap(carried[i], carried[i + random.below(10)]);
    }
    return carried;
}

/// RFC 6040: the mark goes on with the packet; a transport that knows no ECN is told by a loss. A checksum that was
/// wrong stays wrong by as much (RFC 1624).
std::optional<Bytes> mark_congestion(Bytes packet) {
    if ((traffic_class(packet) & 3) == 0) return std::nullopt;
    const bool v4 = packet[0] >> 4 == 4;
    const std::uint8_t before = packet[1];
    packet[1] |= v4 ? 0x03 : 0x30;
    if (!v4) return packet;
    const auto checksum = load_be<std::uint16_t>(packet.data() + 10);
    const std::uint16_t sum = test::fold(std::uint64_t{0xffff} - checksum + packet[1] - before);
    store_be(packet.data() + 10, static_cast<std::uint16_t>(0xffff - sum));
    return packet;
}

class Crossing {
  public:
    Crossing(crypto::Random& random, OffloadSupport takes)
        : random_(random),
          traffic_(random),
          takes_(takes),
          a_(child_of_a(), kBoth),
          b_(test::mirrored(child_of_a()), takes) {}

    void round() {
        const std::vector<Passing> sent = send();
        const std::vector<Datagram> carried = carry(a_.cipher.take(), random_);
        std::set<std::size_t> seen;
        for (std::size_t at = 0; at < carried.size();) {
            const std::size_t length = std::min<std::size_t>(carried.size() - at, 1 + random_.below(400));
            receive(std::span(carried).subspan(at, length), sent, seen);
            at += length;
        }
        lost_ += sent.size() - seen.size();
    }

    void check_counters() const {
        CHECK(a_.packets() == sent_);
        CHECK(a_.drops() == dropped_by_a_);
        CHECK(b_.packets() == received_);
        CHECK(b_.drops() == dropped_by_b_);
        std::uint64_t dropped = 0;
        for (const auto& [reason, count] : b_.drops())
            dropped += count;
        CHECK(b_.packets() + dropped + lost_ == sent_ + repeated_ + damaged_);
    }

    std::size_t cut = 0;       ///< super-packets out of A's device
    std::size_t joined = 0;    ///< packets in super-packets into B's device, but for the first of each
    std::size_t bridging = 0;  ///< super-packets into B's device whose packets are of more than one burst

  private:
    static constexpr OffloadSupport kBoth{.tcp = true, .udp = true};

    /// Hands A's worker what its host sends; the packets that must go through, in order.
    std::vector<Passing> send() {
        std::vector<Passing> sent;
        for (std::uint64_t left = 1 + random_.below(15); left > 0; --left) {
            const Offer offer = traffic_.next();
            a_.host.hand_out(offer.message);
            if (offer.kind == Offer::Kind::kMalformed) ++dropped_by_a_["malformed_inner"];
            if (offer.kind == Offer::Kind::kForeign) ++dropped_by_a_["no_policy"];
            if (offer.kind > Offer::Kind::kSpoilt) continue;
            const std::vector<Bytes> packets = test::packets_of(offer.message);
            if (packets.size() > 1) ++cut;
            for (const Bytes& packet : packets)
                sent.push_back({packet, offer.kind == Offer::Kind::kSpoilt});
        }
        a_.work();
        sent_ += sent.size();
        REQUIRE(a_.drops() == dropped_by_a_);
        REQUIRE(a_.packets() == sent_);
        return sent;
    }

    /// Hands B's worker datagrams that have arrived together, in bursts of any size, and looks at what its host gets.
    void receive(std::span<const Datagram> datagrams, const std::vector<Passing>& sent, std::set<std::size_t>& seen) {
        b_.cipher.at_once = 1 + random_.below(kBurst);
        Awaited awaited;
        for (std::size_t i = 0; i < datagrams.size(); ++i) {
            const Sent& datagram = datagrams[i].sent;
            const Path path{datagram.outer.remote, datagram.outer.local};
            b_.cipher.arrive(datagram.octets, path, datagram.encapsulation, datagram.traffic_class);
            auto passing = accept(datagrams[i], sent, seen);
            if (!passing) continue;
            passing->burst = i / b_.cipher.at_once;
            awaited.add(std::move(*passing));
            ++received_;
        }
        b_.work();
        for (const Message& message : b_.host.take_in_all())
            check(message, awaited);
        REQUIRE(awaited.empty());
    }

    /// The packet that has to come out of a datagram, if any.
    std::optional<Passing> accept(const Datagram& datagram, const std::vector<Passing>& sent,
                                  std::set<std::size_t>& seen) {
        Passing passing = sent[datagram.number];
        if (datagram.damaged) {
            ++damaged_;
            ++dropped_by_b_["bad_icv"];
            return std::nullopt;
        }
        if (!seen.insert(datagram.number).second) {
            ++repeated_;
            ++dropped_by_b_["replay"];
            return std::nullopt;
        }
        const std::uint8_t inner = traffic_class(passing.packet);
        if (datagram.sent.traffic_class == inner) return passing;
        auto marked = mark_congestion(passing.packet);
        if (!marked) {
            ++dropped_by_b_["congestion"];
            return std::nullopt;
        }
        passing.packet = std::move(*marked);
        return passing;
    }

    void check(const Message& message, Awaited& awaited) {
        REQUIRE(test::kernel_takes(message));
        const std::vector<Bytes> packets = test::packets_of(message);
        std::set<std::size_t> bursts;
        for (const Bytes& packet : packets) {
            const Passing passing = awaited.take(packet);
            bursts.insert(passing.burst);
            if (passing.spoilt) REQUIRE(packets.size() == 1);
        }
        if (packets.size() == 1) return;
        REQUIRE((message.offload.gso_type == kGsoUdp ? takes_.udp : takes_.tcp));
        joined += packets.size() - 1;
        if (bursts.size() > 1) ++bridging;
    }

    crypto::Random& random_;
    test::HostTraffic traffic_;
    OffloadSupport takes_;
    Gateway a_;
    Gateway b_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t repeated_ = 0;
    std::uint64_t damaged_ = 0;
    Drops dropped_by_a_;
    Drops dropped_by_b_;
};

TEST_CASE("what a host sends in super-packets comes out at the other as it went in, through a bad network") {
    struct Case {
        OffloadSupport takes;  // of the device that it comes out of
        std::size_t least_joined;
        std::size_t least_bridging;
    };
    constexpr Case kCases[] = {{{true, true}, 800, 30}, {{true, false}, 500, 30}, {{false, false}, 0, 0}};
    const std::uint64_t seed = 0x5e91e7;
    crypto::SeededRandom random(seed);
    for (const Case& each : kCases) {
        Crossing crossing(random, each.takes);
        INFO("seed " << seed << ", device takes TCP " << each.takes.tcp << ", UDP " << each.takes.udp);
        for (int round = 0; round < 40; ++round) {
            INFO("round " << round);
            crossing.round();
        }
        crossing.check_counters();
        CHECK(crossing.cut > 100);
        CHECK(crossing.joined >= each.least_joined);
        CHECK(crossing.bridging >= each.least_bridging);
    }
}

TEST_CASE("a packet that was held counts as gone through only if its device takes it, whatever makes it go") {
    Gateway a(child_of_a(), {true, true});
    const test::Segment whole{.payload = test::filler(200)};
    a.host.hand_out(test::without_checksum(test::build(whole), 100));
    a.work();
    Gateway b(test::mirrored(child_of_a()), {true, true});
    b.cipher.at_once = 1;  // the first is held while the second waits
    for (const Sent& sent : a.cipher.take())
        b.cipher.arrive(sent.octets, {sent.outer.remote, sent.outer.local});
    const bool answers = GENERATE(false, true);
    if (answers) {
        const Bytes too_big = test::filler(65'515);
        b.host.hand_out({{}, test::ipv4(test::address("10.2.0.9"), test::address("10.1.0.9"), 17, too_big, 0x4000)});
    }
    b.host.close_kernel();
    b.work();
    CHECK(b.packets() == 0);
    CHECK(b.drops() == (answers ? Drops{{"too_big", 1}, {"tx_failed", 3}} : Drops{{"tx_failed", 2}}));
}

}  // namespace
}  // namespace esplane::dataplane
