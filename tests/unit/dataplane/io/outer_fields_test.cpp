// What the outer IP header carries, out and in.
#include <catch2/catch.hpp>

#include "dataplane/packet/outer_header.h"
#include "tests/unit/dataplane/io/loopback.h"

namespace esplane::dataplane {
namespace {

using test::in_namespace;

TEST_CASE("DSCP and ECN go out with every packet and come in with it, trains or not; the hop limit is ours") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        test::Sniffer sniffer;
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            std::vector<Slot> slots;
            std::vector<std::uint8_t> sent;
            for (const int traffic_class : {0x00, 0x00, 0xb8, 0xb9, 0xb9, 0xb9, 0x03, 0xff, 0x02, 0x00}) {
                slots.push_back(way);
                slots.back().traffic_class = static_cast<std::uint8_t>(traffic_class);
                sent.push_back(slots.back().traffic_class);
            }
            CHECK(test::send(io, slots, 100) == 0);
            std::vector<std::uint8_t> got;
            for (const test::Arrived& one : test::receive(io)) {
                got.push_back(one.traffic_class);
                CHECK(one.octets.size() == 100);
            }
            CHECK(got == sent);
            const auto packets = sniffer.take();
            CHECK(packets.size() == (way.outer->encapsulation == Encapsulation::kUdp ? 7 : 10));
            for (const Bytes& packet : packets)
                CHECK(packet[packet[0] >> 4 == 4 ? 8 : 7] == kOuterHopLimit);
        }
    });
}

bool has_df(const Bytes& ipv4_packet) {
    return (ipv4_packet[6] & 0x40) != 0;
}

TEST_CASE("DF is what each packet asks for, of trains too, and only who may be fragmented is larger than the link") {
    in_namespace([] {
        REQUIRE(test::set_loopback_mtu(1500));
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        test::Sniffer sniffer;
        for (const Slot& way : test::every_way()) {
            const bool v4 = way.outer->path.remote.address.family() == Family::kIpv4;
            for (const bool df : {false, true}) {
                INFO(test::describe(way) << (df ? " with DF" : ""));
                Slot slot = way;
                slot.dont_fragment = df;
                CHECK(test::send(io, std::vector<Slot>(10, slot), 1000) == 0);
                CHECK(test::receive(io).size() == 10);
                const auto packets = sniffer.take();
                CHECK(packets.size() == (way.outer->encapsulation == Encapsulation::kUdp ? 1 : 10));
                for (const Bytes& packet : packets) {
                    if (v4) CHECK(has_df(packet) == df);
                }
                CHECK(test::send(io, {slot, slot}, 3000) == (df ? 2 : 0));
                CHECK(test::receive(io).size() == (df ? 0 : 2));
                CHECK(sniffer.take().size() == (df ? 0 : 6));
            }
        }
    });
}

TEST_CASE("packets with DF and without keep their order, and all arrive where they are read") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            std::vector<Slot> slots(kBurst, way);
            for (std::size_t i = 0; i < slots.size(); ++i) {
                slots[i].dont_fragment = i % 3 == 0;
            }
            CHECK(test::send(io, slots, 50) == 0);
            const auto arrived = test::receive(io);
            REQUIRE(arrived.size() == slots.size());
            for (std::size_t i = 0; i < slots.size(); ++i)
                CHECK(arrived[i].octets[0] == i + 1);
            const CipherSocket& silent =
                sockets->find(way.outer->path.remote.address.family(), way.outer->encapsulation, true);
            std::uint8_t octet = 0;
            CHECK(recv(silent.fd.get(), &octet, 1, MSG_DONTWAIT) < 0);
        }
    });
}

TEST_CASE("datagrams of any source arrive on the socket that is read") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const char* text : {"127.0.0.1", "::1"}) {
            INFO(text);
            sockaddr_storage to{};
            const IpAddress address = test::address(text);
            const socklen_t size = to_socket_address({address, 4500}, to);
            for (int i = 0; i < 50; ++i) {
                // Each from a port of its own: a hash would spread them over the sockets of a port.
                const FileDescriptor peer(
                    socket(address.family() == Family::kIpv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
                CHECK(sendto(peer.get(), "data", 4, 0, reinterpret_cast<const sockaddr*>(&to), size) == 4);
            }
            CHECK(test::receive(io).size() == 50);
        }
    });
}

/// What bind() says to another program's socket on our port; 0 is that it may.
int bind_error(Family family, int option) {
    const FileDescriptor other(socket(family == Family::kIpv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int one = 1;
    if (option != 0) setsockopt(other.get(), SOL_SOCKET, option, &one, sizeof one);
    if (family == Family::kIpv6) setsockopt(other.get(), IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    sockaddr_storage address{};
    const socklen_t size = to_socket_address({IpAddress::any(family), 4500}, address);
    return bind(other.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0 ? 0 : errno;
}

TEST_CASE("the port is ours alone: no other program gets it, nor another of us; and we do not get another's") {
    in_namespace([] {
        {
            const auto sockets = CipherSockets::open({});
            REQUIRE(sockets.ok());
            for (const Family family : {Family::kIpv4, Family::kIpv6}) {
                CHECK(bind_error(family, 0) == EADDRINUSE);
                CHECK(bind_error(family, SO_REUSEADDR) == EADDRINUSE);
            }
            const auto second = CipherSockets::open({});
            REQUIRE_FALSE(second.ok());
            CHECK(second.error().find("another IPsec program holds the port") != std::string::npos);
        }
        for (const int option : {0, SO_REUSEADDR, SO_REUSEPORT}) {
            const FileDescriptor other(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            const int one = 1;
            if (option != 0) setsockopt(other.get(), SOL_SOCKET, option, &one, sizeof one);
            sockaddr_storage address{};
            const socklen_t size = to_socket_address({test::address("127.0.0.1"), 4500}, address);
            REQUIRE(bind(other.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
            const auto refused = CipherSockets::open({});
            REQUIRE_FALSE(refused.ok());
            CHECK(refused.error().find("another IPsec program holds the port") != std::string::npos);
        }
    });
}

}  // namespace
}  // namespace esplane::dataplane
