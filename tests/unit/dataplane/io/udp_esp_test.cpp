#include "dataplane/io/udp_esp.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "dataplane/io/packet_io.h"
#include "tests/unit/dataplane/io/loopback.h"

namespace esplane::dataplane {
namespace {

using test::in_namespace;
using test::loop;

static_assert(PacketIo<UdpEspIo>);

struct Packet {
    std::size_t length = 0;
    Encapsulation encapsulation = Encapsulation::kUdp;
    Path outer;
};

/// Sends the packets in bursts, and returns what arrives after each.
std::vector<Bytes> echo(test::LookingIo& io, const std::vector<Packet>& packets, std::vector<Bytes>& sent) {
    std::vector<Bytes> arrived;
    for (std::size_t begin = 0; begin < packets.size(); begin += kBurst) {
        std::array<Slot, kBurst> slots;
        io.slots(slots);
        const std::size_t count = std::min(kBurst, packets.size() - begin);
        for (std::size_t i = 0; i < count; ++i) {
            const Packet& packet = packets[begin + i];
            slots[i].length = static_cast<std::uint32_t>(packet.length);
            for (std::size_t at = 0; at < packet.length; ++at)
                slots[i].octets[at] = static_cast<std::uint8_t>(begin + i + at);
            slots[i].outer = test::outer_path(packet.outer, packet.encapsulation);
            sent.push_back(to_bytes({slots[i].octets, packet.length}));
        }
        CHECK(io.tx(std::span(slots).first(count)) == 0);
        std::array<Received, kBurst> in;
        // On loopback everything has arrived when tx() returns. Small bursts leave the rest of a train for the next.
        for (std::size_t got; (got = io.rx(std::span<Received>(in).first(1 + begin % 7))) > 0; io.release()) {
            for (std::size_t i = 0; i < got; ++i) {
                arrived.push_back(to_bytes(in[i].octets));
                const Packet& first = packets.front();
                if (in[i].encapsulation == Encapsulation::kUdp)
                    CHECK((in[i].outer.remote.port == 4500 && in[i].outer.local.port == 4500));
                CHECK(in[i].outer.remote.address == first.outer.remote.address);
            }
        }
    }
    return arrived;
}

TEST_CASE("trains of datagrams arrive as the datagrams that they are made of, in order") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        crypto::SeededRandom random(0x7a13);
        for (const char* address : {"127.0.0.1", "::1"}) {
            INFO(address);
            std::vector<Packet> packets;
            std::size_t length = 1400;
            for (int i = 0; i < 1000; ++i) {
                if (random.below(6) == 0) length = 1 + random.below(1500);
                packets.push_back({length, Encapsulation::kUdp, loop(address, Encapsulation::kUdp)});
            }
            std::vector<Bytes> sent;
            CHECK(echo(io, packets, sent) == sent);
        }
    });
}

TEST_CASE("raw ESP arrives without its IP header, and larger than a link takes, in fragments") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const char* address : {"127.0.0.1", "::1"}) {
            for (const Encapsulation encapsulation : {Encapsulation::kNone, Encapsulation::kUdp}) {
                INFO(address);
                std::vector<Packet> packets;
                for (const std::size_t length : {40U, 1400U, 1400U, 60'000U, 65'000U})
                    packets.push_back({length, encapsulation, loop(address, encapsulation)});
                std::vector<Bytes> sent;
                CHECK(echo(io, packets, sent) == sent);
            }
        }
    });
}

TEST_CASE("a datagram without contents is handed out like any other") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            CHECK(test::send(io, {way, way}, 0) == 0);
            const auto arrived = test::receive(io);
            REQUIRE(arrived.size() == 2);
            CHECK(arrived.front().octets.empty());
            CHECK(arrived.front().encapsulation == way.outer->encapsulation);
            CHECK(arrived.front().outer == way.outer->path);
        }
    });
}

TEST_CASE("what the kernel had no room for is counted, once") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (Slot way : test::every_way()) {
            INFO(test::describe(way));
            const int least = 1;
            const CipherSocket& socket =
                sockets->find(way.outer->path.remote.address.family(), way.outer->encapsulation, false);
            REQUIRE(setsockopt(socket.fd.get(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least) == 0);
            for (int round = 0; round < 2; ++round) {
                std::size_t arrived = 0;
                for (std::uint8_t i = 0; i < 100; ++i) {
                    way.traffic_class = i;
                    CHECK(test::send(io, {way}, 1000) == 0);
                }
                arrived += test::receive(io).size();
                CHECK(arrived < 100);
                CHECK(test::send(io, {way}, 1000) == 0);
                arrived += test::receive(io).size();
                CHECK(arrived + io.take_overflows() == 101);
                CHECK(io.take_overflows() == 0);
            }
        }
    });
}

}  // namespace
}  // namespace esplane::dataplane
