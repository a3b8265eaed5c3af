// Over the loopback of a network namespace of its own, where raw ESP disturbs nobody.
#include "dataplane/io/udp_esp.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <thread>

#include "crypto/random.h"
#include "dataplane/io/packet_io.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane {
namespace {

static_assert(PacketIo<UdpEspIo>);

bool set_loopback_up() {
    const FileDescriptor fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    return ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0;
}

/// Runs `test` on a thread in a new network namespace; says so where that cannot be.
template <typename Test>
void in_namespace(Test test) {
    bool made = false;
    std::thread([&] {
        made = unshare(CLONE_NEWNET) == 0 && set_loopback_up();
        if (made) test();
    }).join();
    if (!made) std::cerr << "SKIPPED: cannot make a network namespace (needs root): " << std::strerror(errno) << '\n';
}

struct Packet {
    std::size_t length = 0;
    Encapsulation encapsulation = Encapsulation::kUdp;
    Path outer;
};

Path loop(const char* address, Encapsulation encapsulation) {
    const std::uint16_t port = encapsulation == Encapsulation::kUdp ? 4500 : 0;
    return {.local = {test::address(address), port}, .remote = {test::address(address), port}};
}

/// Sends the packets in bursts, and returns what arrives after each.
std::vector<Bytes> echo(UdpEspIo& io, const std::vector<Packet>& packets, std::vector<Bytes>& sent) {
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
            slots[i].outer = packet.outer;
            slots[i].encapsulation = packet.encapsulation;
            sent.push_back(to_bytes({slots[i].octets, packet.length}));
        }
        CHECK(io.tx(std::span<const Slot>(slots).first(count)) == 0);
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
        UdpEspIo io(*sockets);
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
        UdpEspIo io(*sockets);
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

}  // namespace
}  // namespace esplane::dataplane
