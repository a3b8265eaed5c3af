// What the clear side of ports does with packets that a router cannot just pass on.
#include <catch2/catch.hpp>

#include "dataplane/packet/reassembly.h"
#include "tests/unit/dataplane/dpdk/ring_ports.h"
#include "tests/unit/dataplane/link/frames.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::filler;
using test::kClearPort;
using test::RingPorts;
using test::RingWorker;

/// A host on the clear side's link, a host behind the tunnel, and the port, in one family.
struct Ends {
    std::uint16_t type;
    IpAddress host, far, port;
};
const Ends kEnds4{0x0800, address("10.1.0.2"), address("10.2.0.2"), address("10.1.0.1")};
const Ends kEnds6{0x86dd, address("fd00:1::2"), address("fd00:2::2"), address("fd00:1::1")};

Bytes packet_of(const IpAddress& source, const IpAddress& destination, std::uint8_t hops, std::size_t data = 100,
                std::uint16_t fragment_field = 0) {
    const Bytes payload = test::udp(1000, 2000, filler(data));
    if (source.family() == Family::kIpv6) {
        Bytes packet = test::ipv6(source, destination, 17, payload);
        packet[7] = hops;
        return packet;
    }
    Bytes packet = test::ipv4(source, destination, 17, payload, fragment_field);
    packet[8] = hops;
    store_be(&packet[10], std::uint16_t{0});
    store_be(&packet[10], static_cast<std::uint16_t>(65535 - test::checksum_residue(ByteView(packet).first(20))));
    return packet;
}

/// The ports with a host on the clear side's link, and a worker.
struct Rig {
    Rig() {
        for (const Ends& ends : {kEnds4, kEnds6})
            ports.hear(kClearPort, ends.host, test::kPeerMac);
    }

    const MacAddress& mac() { return ports.links().setup(kClearPort).mac; }

    /// A packet out of the tunnel, in a buffer that any packet fits.
    void open(ByteView packet) {
        Frame frame{rte_pktmbuf_alloc(ports.pools().large)};
        REQUIRE(frame.buffer != nullptr);
        Slot slot;
        slot.octets = rte_pktmbuf_mtod_offset(frame.buffer, std::uint8_t*, 100);
        slot.length = static_cast<std::uint32_t>(packet.size());
        slot.frame = &frame;
        std::copy(packet.begin(), packet.end(), slot.octets);
        worker.clear.tx({&slot, 1});
        CHECK(frame.buffer == nullptr);
    }
    /// What goes into a tunnel next.
    std::vector<Bytes> to_tunnel() {
        std::array<Received, kBurst> received;
        const std::size_t count = worker.clear.rx(received);
        std::vector<Bytes> packets;
        for (const Received& one : std::span(received).first(count))
            packets.push_back(to_bytes(one.octets));
        worker.clear.release();
        worker.sender.flush();
        return packets;
    }

    RingPorts& ports = RingPorts::only();
    std::size_t free = ports.free_buffers();
    RingWorker worker{ports};
};

/// Whether the message is from `from` about `packet`.
void check_message(ByteView message, const char* type_and_code, const IpAddress& from, ByteView packet) {
    const auto inner = parse_inner(message);
    REQUIRE(inner);
    CHECK(inner->source == from);
    CHECK(inner->destination == parse_inner(packet)->source);
    const std::size_t icmp = from.family() == Family::kIpv4 ? 20 : 40;
    CHECK(to_hex(message.subspan(icmp, 2)) == type_and_code);
    CHECK(to_bytes(message.subspan(icmp + 8)) == to_bytes(packet.first(message.size() - icmp - 8)));
    if (icmp == 20) CHECK(test::ipv4_header_checksum_is_right(message));
}

TEST_CASE("a host's packet without a hop left is answered on its link, to the station that sent it") {
    Rig rig;
    for (const Ends& ends : {kEnds4, kEnds6}) {
        for (const std::uint8_t hops : {std::uint8_t{0}, std::uint8_t{1}}) {
            const Bytes packet = packet_of(ends.host, ends.far, hops);
            rig.ports.arrive(kClearPort, test::ethernet(rig.mac(), test::kOtherMac, ends.type, packet));
            CHECK(rig.to_tunnel().empty());
            const auto sent = rig.ports.take_sent(kClearPort);
            REQUIRE(sent.size() == 1);
            CHECK(to_bytes(ByteView(sent[0]).first(14)) == test::ethernet(test::kOtherMac, rig.mac(), ends.type, {}));
            check_message(ByteView(sent[0]).subspan(14), ends.type == 0x0800 ? "0b00" : "0300", ends.port, packet);
        }
        const Bytes passing = packet_of(ends.host, ends.far, 2);
        rig.ports.arrive(kClearPort, test::ethernet(rig.mac(), test::kOtherMac, ends.type, passing));
        CHECK(rig.to_tunnel() == std::vector<Bytes>{packet_of(ends.host, ends.far, 1)});
        CHECK(rig.ports.take_sent(kClearPort).empty());
    }
    CHECK(rig.worker.dropped(DropReason::kHopLimit) == 4);
    CHECK(rig.ports.free_buffers() == rig.free);
}

TEST_CASE("a packet out of the tunnel without a hop left is answered into the tunnel") {
    Rig rig;
    for (const Ends& ends : {kEnds4, kEnds6}) {
        const Bytes packet = packet_of(ends.far, ends.host, 1);
        rig.open(packet);
        const auto answers = rig.to_tunnel();
        REQUIRE(answers.size() == 1);
        check_message(answers[0], ends.type == 0x0800 ? "0b00" : "0300", ends.port, packet);
        CHECK(rig.ports.take_sent(kClearPort).empty());
        rig.open(packet_of(ends.far, ends.host, 2));
        CHECK(rig.to_tunnel().empty());
        const Bytes passed = packet_of(ends.far, ends.host, 1);
        CHECK(rig.ports.take_sent(kClearPort) ==
              std::vector<Bytes>{test::ethernet(test::kPeerMac, rig.mac(), ends.type, passed)});
    }
    CHECK(rig.worker.dropped(DropReason::kHopLimit) == 2);
    CHECK(rig.ports.free_buffers() == rig.free);
}

TEST_CASE("a packet that the link does not carry is fragmented where it may be") {
    Rig rig;
    for (const std::size_t data :
         {std::size_t{1472}, std::size_t{1473}, std::size_t{3000}, std::size_t{9000}, std::size_t{65000}}) {
        CAPTURE(data);
        rig.open(packet_of(kEnds4.far, kEnds4.host, 64, data));
        const auto sent = rig.ports.take_sent(kClearPort);
        CHECK(sent.size() == (data + 8 + 1479) / 1480);
        Reassembly reassembly({});
        Bytes whole;
        for (Bytes frame : sent) {
            CHECK(frame.size() <= 14 + 1500);
            whole = to_bytes(reassembly.add(MutableByteView(frame).subspan(14), 0, {}).datagram);
        }
        CHECK(whole == packet_of(kEnds4.far, kEnds4.host, 63, data));
    }
    CHECK(rig.worker.dropped(DropReason::kTooBig) == 0);
    CHECK(rig.ports.free_buffers() == rig.free);
}

TEST_CASE("else its sender is told through the tunnel what the link carries") {
    Rig rig;
    for (const Ends& ends : {kEnds4, kEnds6}) {
        const std::size_t headers = ends.type == 0x0800 ? 28 : 48;
        rig.open(packet_of(ends.far, ends.host, 64, 1500 - headers, 0x4000));
        CHECK(rig.ports.take_sent(kClearPort).size() == 1);
        CHECK(rig.to_tunnel().empty());
        rig.open(packet_of(ends.far, ends.host, 64, 1501 - headers, 0x4000));
        CHECK(rig.ports.take_sent(kClearPort).empty());
        const auto answers = rig.to_tunnel();
        REQUIRE(answers.size() == 1);
        check_message(answers[0], ends.type == 0x0800 ? "0304" : "0200", ends.port,
                      packet_of(ends.far, ends.host, 63, 1501 - headers, 0x4000));
        CHECK(load_be<std::uint16_t>(&answers[0][ends.type == 0x0800 ? 26 : 46]) == 1500);
    }
    CHECK(rig.worker.dropped(DropReason::kTooBig) == 2);
    CHECK(rig.ports.free_buffers() == rig.free);
}

TEST_CASE("a device is given no large buffer, which it might keep") {
    Rig rig;
    for (std::size_t count = 0; count < 300; ++count) {  // more than there are
        rte_mbuf* const large = rte_pktmbuf_alloc(rig.ports.pools().large);
        REQUIRE(large != nullptr);
        const Bytes frame = test::ethernet(test::kPeerMac, rig.mac(), 0x0800, filler(1000));
        set_octets(*large, static_cast<std::uint8_t*>(large->buf_addr) + 30'000, frame.size());
        std::copy(frame.begin(), frame.end(), octets_of(*large).begin());
        rig.worker.sender.send(kClearPort, large);
        CHECK(rig.worker.sender.flush() == 0);
    }
    const auto sent = rig.ports.take_sent(kClearPort);
    REQUIRE(sent.size() == 300);
    CHECK(sent.back() == test::ethernet(test::kPeerMac, rig.mac(), 0x0800, filler(1000)));
    // What no other buffer has room for is lost, and counted as such.
    rte_mbuf* const large = rte_pktmbuf_alloc(rig.ports.pools().large);
    REQUIRE(large != nullptr);
    set_octets(*large, static_cast<std::uint8_t*>(large->buf_addr), 5000);
    rig.worker.sender.send(kClearPort, large);
    CHECK(rig.worker.sender.flush() == 1);
    CHECK(rig.ports.free_buffers() == rig.free);
}

}  // namespace
}  // namespace esplane::dataplane
