// The host's device is a socket here, of which the test is the kernel; the ports are rings, on which all that is sent
// comes back.
#include <rte_ethdev.h>
#include <rte_mempool.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <optional>

#include "dataplane/dpdk/eal.h"
#include "dataplane/dpdk/from_host.h"
#include "dataplane/dpdk/pools.h"
#include "dataplane/dpdk/to_host.h"
#include "dataplane/packet/checksum.h"
#include "dataplane/packet/protocols.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

using test::address;

constexpr PortNumber kWan{0}, kLan{1};
constexpr ClearPort kClearPort{7};
constexpr MacAddress kNeighbour{{2, 0, 0, 0, 0, 9}};

DpdkOptions options() {
    PortOptions wan{.name = "wan", .device = "net_ring0", .role = PortRole::kCipher};
    wan.addresses = {{address("192.0.2.1"), 24}, {address("2001:db8::1"), 64}};
    wan.gateways = {address("192.0.2.254")};
    PortOptions lan{.name = "lan", .device = "net_ring1", .role = PortRole::kClear};
    lan.addresses = {{address("10.1.0.1"), 24}};
    lan.mtu_bytes = 1400;
    lan.vlan = 7;
    return {.ports = {wan, lan}, .host_interface = "esp-host"};
}

template <typename T>
T value_of(Result<T, std::string> result) {
    if (!result) FAIL(result.error());
    return std::move(result).value();
}

/// DPDK, which starts once in a process, with the ports.
struct Ports {
    static Ports& instance() {
        static Ports ports;
        return ports;
    }
    static std::vector<Port> open(Pools& pools) {
        std::vector<Port> ports;
        for (const PortOptions& port : options().ports)
            ports.push_back(value_of(Port::open(port, 1, pools)));
        return ports;
    }

    std::unique_ptr<Eal> eal = value_of(Eal::start(options(), pool_bytes(options(), 1)));
    Pools pools{options(), 1};
    PacketPools from{pools.on_node(0), pools.large()};
    Links links{open(pools), 1};
};

/// What one worker has for the host, on a device of its own.
class Worker {
  public:
    Worker() {
        REQUIRE(ports_.from.frames != nullptr);
        receiver.set_clear_port(kClearPort);
    }
    ~Worker() {
        receiver.release_clear();
        (void)sent(kWan);
        (void)sent(kLan);
    }

    /// The kernel's end.
    void host_sends(const Bytes& packet) const {
        REQUIRE(::send(host_.get(), packet.data(), packet.size(), 0) == static_cast<ssize_t>(packet.size()));
    }
    std::optional<Bytes> host_gets() const {
        Bytes packet(2048);
        const ssize_t length = ::recv(host_.get(), packet.data(), packet.size(), 0);
        if (length < 0) return std::nullopt;
        packet.resize(static_cast<std::size_t>(length));
        return packet;
    }

    /// Until so many packets of the host's have been taken.
    void take(std::uint64_t packets) {
        const auto taken = [&] { return from_host.counters().packets.read() + dropped(); };
        for (const std::uint64_t target = taken() + packets; taken() < target;)
            from_host.turn();
    }
    std::uint64_t dropped() const {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < kDropReasonCount; ++i)
            all += drops.read(static_cast<DropReason>(i));
        return all;
    }

    /// On a link, whole frames.
    void is_sent_to(PortNumber port, const Bytes& frame) {
        rte_mbuf* buffer = buffer_with(frame);
        REQUIRE(rte_eth_tx_burst(links.port(port).number(), 0, &buffer, 1) == 1);
        std::array<Received, kBurst> received;
        CHECK(receiver.poll_cipher(received) == 0);
    }
    /// Whole frames that a port has sent.
    std::vector<Bytes> sent(PortNumber port) {
        CHECK(sender.flush() == 0);
        std::array<rte_mbuf*, 64> frames{};
        const auto count = rte_eth_rx_burst(links.port(port).number(), 0, frames.data(), frames.size());
        std::vector<Bytes> result;
        for (std::uint16_t i = 0; i < count; ++i) {
            result.push_back(to_bytes(octets_of(*frames[i])));
            rte_pktmbuf_free(frames[i]);
        }
        return result;
    }

    rte_mbuf* buffer_with(const Bytes& packet) const {
        rte_mbuf* const buffer = rte_pktmbuf_alloc(ports_.from.frames);
        REQUIRE(buffer != nullptr);
        auto* const begin = rte_pktmbuf_mtod(buffer, std::uint8_t*);
        std::copy(packet.begin(), packet.end(), begin);
        set_octets(*buffer, begin, packet.size());
        return buffer;
    }
    void arrives(const Bytes& packet, PortNumber port) {
        rte_mbuf* const buffer = buffer_with(packet);
        receiver.to_host().take_from_port(buffer, octets_of(*buffer), port);
    }

  private:
    static LinkResponders responders_of(Links& links) {
        LinkResponders responders;
        for (const PortNumber port : {kWan, kLan})
            responders.emplace_back(port, links.setup(port).mac, links.port(port).options(), links.neighbours);
        return responders;
    }
    Links& with_device() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
        host_ = FileDescriptor(ends[0]);
        ports_.links.host = std::make_unique<HostDevice>("esp-host", FileDescriptor(ends[1]), ports_.links.setups);
        return ports_.links;
    }

    Ports& ports_ = Ports::instance();
    FileDescriptor host_;

  public:
    Links& links = with_device();
    DropCounters drops;
    LinkResponders responders = responders_of(links);
    FrameSender sender{links, 0, ports_.from};
    OuterFragments fragments{ports_.from, 1, drops};
    FrameReceiver receiver{links, {}, responders, sender, fragments, {}, drops};
    Resolver resolver{links, responders, sender, ports_.from.frames, drops};
    FromHost from_host{links.host.get(), links, receiver, sender, resolver, ports_.from.frames, drops};
};

void hear(Links& links, PortNumber port, const char* neighbour) {
    links.neighbours.heard(port, address(neighbour), kNeighbour, std::chrono::steady_clock::now(), Heard::kRequest);
}

Bytes datagram(const char* from, const char* to, std::size_t payload = 100) {
    return test::ip(address(from), address(to), kProtocolUdp, test::udp(1000, 2000, test::filler(payload)));
}

Bytes framed(const MacAddress& to, const PortSetup& port, std::uint16_t type, const Bytes& packet) {
    Bytes frame(kTaggedEthernetHeader);
    frame.resize(
        write_ethernet({.destination = to, .source = port.mac, .type = type, .vlan = port.vlan}, frame.data()));
    frame.insert(frame.end(), packet.begin(), packet.end());
    return frame;
}

}  // namespace

TEST_CASE("What the host sends leaves by its port as it was, with the port's MAC address and tag") {
    Worker worker;
    hear(worker.links, kWan, "192.0.2.254");
    hear(worker.links, kWan, "2001:db8::9");
    hear(worker.links, kLan, "10.1.0.9");
    const Bytes far = datagram("192.0.2.1", "198.51.100.1");
    const Bytes v6 = datagram("2001:db8::1", "2001:db8::9");
    const Bytes near = datagram("10.1.0.1", "10.1.0.9", 1400 - 28);
    for (const Bytes& packet : {far, v6, near})
        worker.host_sends(packet);
    worker.take(3);
    const PortSetup& wan = worker.links.setup(kWan);
    const PortSetup& lan = worker.links.setup(kLan);
    CHECK(worker.sent(kWan) ==
          std::vector{framed(kNeighbour, wan, kEtherTypeIpv4, far), framed(kNeighbour, wan, kEtherTypeIpv6, v6)});
    CHECK(worker.sent(kLan) == std::vector<Bytes>{framed(kNeighbour, lan, kEtherTypeIpv4, near)});
    CHECK(worker.from_host.counters().packets.read() == 3);
    CHECK(worker.from_host.counters().bytes.read() == far.size() + v6.size() + near.size());
    CHECK(worker.from_host.counters().refused.read() == 0);
}

TEST_CASE("A short frame is filled up with zeros") {
    Worker worker;
    hear(worker.links, kLan, "10.1.0.9");
    worker.host_sends(datagram("10.1.0.1", "10.1.0.9", 1));
    worker.take(1);
    const auto frames = worker.sent(kLan);
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].size() == 64);
    CHECK(std::all_of(frames[0].begin() + 18 + 29, frames[0].end(), [](std::uint8_t octet) { return octet == 0; }));
}

TEST_CASE("A packet to an unknown neighbour waits for the answer to a question") {
    Worker worker;
    const Bytes packet = datagram("10.1.0.1", "10.1.0.77");
    worker.host_sends(packet);
    worker.take(1);
    const auto questions = worker.sent(kLan);
    REQUIRE(questions.size() == 1);
    CHECK(parse_ethernet(questions[0])->type == kEtherTypeArp);
    hear(worker.links, kLan, "10.1.0.77");
    std::vector<Bytes> frames;
    while (frames.empty()) {
        worker.resolver.turn();
        frames = worker.sent(kLan);
    }
    CHECK(frames == std::vector<Bytes>{framed(kNeighbour, worker.links.setup(kLan), kEtherTypeIpv4, packet)});
}

TEST_CASE("What may not leave is counted by its reason") {
    Worker worker;
    hear(worker.links, kLan, "10.1.0.9");
    struct Case {
        Bytes packet;
        DropReason reason;
        bool is_refused;
    };
    const std::vector<Case> cases = {
        {datagram("10.1.0.1", "10.1.0.9", 1401 - 28), DropReason::kTooBig, true},
        {datagram("10.1.0.1", "198.51.100.1"), DropReason::kNoNeighbour, true},
        {datagram("172.17.0.2", "10.1.0.9"), DropReason::kNotForUs, false},
        {datagram("10.1.0.1", "224.0.0.5"), DropReason::kNotForUs, false},
        {{0x45, 0, 0}, DropReason::kMalformedInner, true},
    };
    for (const Case& each : cases) {
        INFO(name(each.reason));
        const std::uint64_t before = worker.drops.read(each.reason);
        const std::uint64_t refused = worker.from_host.counters().refused.read();
        worker.host_sends(each.packet);
        worker.take(1);
        CHECK(worker.drops.read(each.reason) == before + 1);
        CHECK(worker.from_host.counters().refused.read() == refused + (each.is_refused ? 1 : 0));
    }
    CHECK(worker.dropped() == cases.size());
    CHECK(worker.sent(kWan).empty());
    CHECK(worker.sent(kLan).empty());
}

TEST_CASE("What is for behind a tunnel comes out with what the clear side received, and by no port") {
    Worker worker;
    worker.links.host->routes.protect("net", {}, {Prefix::parse("10.2.0.0/16").value()});
    const Bytes packet = datagram("10.1.0.1", "10.2.0.9");
    worker.host_sends(packet);
    worker.host_sends(datagram("192.0.2.1", "10.2.0.9"));  // the tunnel may not take it, which is not decided here
    worker.take(2);
    std::array<Received, kBurst> received;
    REQUIRE(worker.receiver.poll_clear(received) == 2);
    CHECK(to_bytes(received[0].octets) == packet);
    CHECK(received[0].port == kClearPort);
    CHECK(worker.sent(kWan).empty());
    CHECK(worker.sent(kLan).empty());
}

TEST_CASE("Of many packets of the host's, a few are taken at a look, and the others stay") {
    Worker worker;
    for (int i = 0; i < 20; ++i)
        worker.host_sends(datagram("10.1.0.1", "224.0.0.5"));
    worker.from_host.turn();  // the first is always due
    CHECK(worker.dropped() == 8);
    worker.take(12);
    CHECK(worker.dropped() == 20);
}

TEST_CASE("The host gets what is for the ports' addresses, in order, at its rate") {
    Worker worker;
    const auto numbered = [](std::size_t number) { return datagram("10.1.0.9", "10.1.0.1", number); };
    constexpr std::size_t kMany = 400;
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Bytes> got;
    const auto get_all = [&] {
        while (auto packet = worker.host_gets())
            got.push_back(std::move(*packet));
    };
    for (std::size_t number = 0; number < kMany; ++number) {
        worker.arrives(numbered(number), kLan);
        get_all();  // or the device is full, if this takes long
    }
    const HostCounters& counters = worker.receiver.to_host().counters();
    while (got.size() + worker.dropped() < kMany) {
        worker.receiver.to_host().turn();
        get_all();
    }
    const auto took = std::chrono::steady_clock::now() - begin;
    // Eight at once, then one each 100 µs; those that wait, too.
    REQUIRE(got.size() >= 8 + kMostForHost);
    CHECK(got.size() - 8 <= static_cast<std::size_t>(took / std::chrono::microseconds(100)) + 1);
    CHECK(counters.packets.read() == got.size());
    CHECK(counters.refused.read() == worker.drops.read(DropReason::kHostLimit));
    for (std::size_t i = 0; i < 8 + kMostForHost; ++i)
        CHECK(got[i] == numbered(i));
}

TEST_CASE("A flood on one link leaves the others and the tunnels their share") {
    Worker worker;
    const Bytes flood = datagram("10.1.0.9", "10.1.0.1");
    std::array<rte_mbuf*, 500> buffers{};
    for (rte_mbuf*& buffer : buffers)
        buffer = worker.buffer_with(flood);
    for (rte_mbuf* const buffer : buffers)  // at once: what comes slowly is no flood
        worker.receiver.to_host().take_from_port(buffer, octets_of(*buffer), kLan);
    REQUIRE(worker.drops.read(DropReason::kHostLimit) > 0);
    while (worker.host_gets())
        continue;
    const Bytes by_wan = datagram("192.0.2.9", "192.0.2.1", 7);
    worker.arrives(by_wan, kWan);
    CHECK(worker.host_gets() == by_wan);
    const Bytes by_tunnel = datagram("10.2.0.9", "10.1.0.1", 9);
    rte_mbuf* const buffer = worker.buffer_with(by_tunnel);
    worker.receiver.to_host().take_from_tunnel(buffer, octets_of(*buffer));
    CHECK(worker.host_gets() == by_tunnel);
}

TEST_CASE("What says that it is from behind a tunnel comes by a tunnel, or not at all") {
    Worker worker;
    worker.links.host->routes.protect("net", {}, {Prefix::parse("10.2.0.0/16").value()});
    const Bytes packet = datagram("10.2.0.9", "10.1.0.1");
    worker.arrives(packet, kLan);
    CHECK_FALSE(worker.host_gets());
    CHECK(worker.drops.read(DropReason::kInClear) == 1);
    rte_mbuf* const buffer = worker.buffer_with(packet);
    worker.receiver.to_host().take_from_tunnel(buffer, octets_of(*buffer));
    CHECK(worker.host_gets() == packet);
}

TEST_CASE("What routers say of packets that were too big is for who has sent them") {
    Worker worker;
    const auto report_of = [](std::uint16_t from_port) {
        const Bytes quoted = test::ip(address("192.0.2.1"), address("198.51.100.1"), kProtocolUdp,
                                      test::udp(from_port, 2000, test::filler(1400)));
        Bytes message{3, 4, 0, 0, 0, 0, 0x05, 0x00};  // fragmentation needed, 1280
        message.insert(message.end(), quoted.begin(), quoted.begin() + 60);
        store_be(&message[2], checksum_finish(checksum_add(0, message)));
        return test::ip(address("192.0.2.254"), address("192.0.2.1"), kProtocolIcmp, message);
    };
    PortSetup router = worker.links.setup(kWan);
    router.mac = kNeighbour;
    for (const std::uint16_t port : {std::uint16_t{1000}, std::uint16_t{4500}})
        worker.is_sent_to(kWan, framed(worker.links.setup(kWan).mac, router, kEtherTypeIpv4, report_of(port)));
    CHECK(worker.host_gets() == report_of(1000));
    CHECK_FALSE(worker.host_gets());
    const auto reports = worker.receiver.take_reports();
    REQUIRE(reports.size() == 1);
    CHECK(reports[0].outer.local.port == 4500);
}

TEST_CASE("Every buffer goes back, those too that wait at the end") {
    const auto free_buffers = [] { return rte_mempool_avail_count(Ports::instance().from.frames); };
    { const Worker first; }
    const unsigned before = free_buffers();
    {
        Worker worker;
        for (int i = 0; i < 500; ++i)
            worker.arrives(datagram("10.1.0.9", "10.1.0.1"), kLan);
        worker.host_sends(datagram("10.1.0.1", "10.1.0.9"));
        worker.host_sends(datagram("10.1.0.1", "10.1.0.78"));
        worker.take(2);
    }
    CHECK(free_buffers() == before);
}

}  // namespace esplane::dataplane
