// On the loopback, with port numbers that are free: no privilege is needed.
#include "ike/runtime/udp_transport.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "tests/unit/ike/runtime/peer_socket.h"

namespace esplane::ike {
namespace {

/// All that waits at the first descriptor where there is something.
std::span<const Datagram> wait_for_datagrams(UdpTransport& transport) {
    std::vector<pollfd> fds;
    for (const int fd : transport.descriptors())
        fds.push_back({fd, POLLIN, 0});
    REQUIRE(poll(fds.data(), fds.size(), 5000) > 0);
    for (const pollfd& each : fds) {
        if ((each.revents & POLLIN) != 0) return transport.receive(each.fd);
    }
    return {};
}

/// What could not be sent.
std::vector<std::pair<Path, int>> flush(UdpTransport& transport) {
    std::vector<std::pair<Path, int>> failed;
    transport.flush([&](const Path& path, int error) { failed.emplace_back(path, error); });
    return failed;
}

bool has_ipv6() {
    const dataplane::FileDescriptor socket(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto loopback = SocketAddress::from(endpoint("::1", 0));
    return socket.is_open() && bind(socket.get(), loopback.get(), loopback.length) == 0;
}

TEST_CASE("a datagram tells to which address it came, and the answer leaves from there") {
    const std::uint16_t port = free_port();
    auto transport = UdpTransport::open(port, 0).value();
    std::vector<std::pair<const char*, const char*>> rows{{"127.0.0.1", "127.0.0.1"}, {"127.0.0.1", "127.0.0.9"}};
    if (has_ipv6()) rows.emplace_back("::1", "::1");
    for (const auto& [peer_address, our_address] : rows) {
        CAPTURE(our_address);
        const PeerSocket peer(peer_address);
        const Bytes sent(1300, 0x5a);
        peer.send_to(endpoint(our_address, port), sent);
        const auto datagrams = wait_for_datagrams(transport);
        REQUIRE(datagrams.size() == 1);
        CHECK(to_bytes(datagrams[0].bytes) == sent);
        const Path path = datagrams[0].path;
        CHECK(path.local == endpoint(our_address, port));
        CHECK(path.remote == peer.here);

        transport.send(path, sent);
        CHECK(flush(transport).empty());
        SocketAddress from;
        Bytes buffer(2000);
        const ssize_t length =
            recvfrom(peer.socket.get(), buffer.data(), buffer.size(), 0, from.writable(), &from.length);
        CHECK(length == 1300);
        CHECK(from.endpoint() == path.local);
    }
}

TEST_CASE("datagrams of every length arrive whole, the empty one too") {
    const std::uint16_t port = free_port();
    auto transport = UdpTransport::open(port, 0).value();
    const PeerSocket peer("127.0.0.1");
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{65507}}) {
        peer.send_to(endpoint("127.0.0.1", port), Bytes(length, 1));
        const auto datagrams = wait_for_datagrams(transport);
        REQUIRE(datagrams.size() == 1);
        CHECK(datagrams[0].bytes.size() == length);
    }
}

TEST_CASE("first requests of strangers have sockets of their own, and crowd out nobody") {
    const std::uint16_t port = free_port();
    auto transport = UdpTransport::open(port, 0).value();
    const PeerSocket peer("127.0.0.1");
    const auto descriptors = transport.descriptors();
    const std::size_t families = descriptors.size() / 2;
    // By exchange type, flags and first payload.
    const auto lands_with_strangers = [&](std::uint8_t exchange, std::uint8_t flags, std::uint8_t first) {
        Bytes datagram(200, 7);
        datagram[16] = first;
        datagram[18] = exchange;
        datagram[19] = flags;
        peer.send_to(endpoint("127.0.0.1", port), datagram);
        pollfd peers{descriptors[0], POLLIN, 0};
        const bool among_peers = poll(&peers, 1, 200) == 1;
        REQUIRE(transport.receive(descriptors[among_peers ? 0 : families]).size() == 1);
        return !among_peers;
    };
    CHECK(lands_with_strangers(34, 0x08, 33));        // IKE_SA_INIT request
    CHECK_FALSE(lands_with_strangers(34, 0x08, 41));  // with a cookie
    CHECK_FALSE(lands_with_strangers(34, 0x20, 33));  // its response
    CHECK_FALSE(lands_with_strangers(35, 0x08, 46));  // IKE_AUTH
    CHECK_FALSE(lands_with_strangers(37, 0x28, 46));  // INFORMATIONAL
    // A flood of them fills their queue, and no other.
    Bytes request(1400, 7);
    request[18] = 34;
    request[19] = 8;
    for (int i = 0; i < 20'000; ++i)
        peer.send_to(endpoint("127.0.0.1", port), request);
    CHECK_FALSE(lands_with_strangers(36, 0x08, 46));
}

TEST_CASE("nothing waiting is nothing, at once") {
    auto transport = UdpTransport::open(free_port(), 0).value();
    for (const int fd : transport.descriptors())
        CHECK(transport.receive(fd).empty());
}

TEST_CASE("a port in use is an error that says what to do") {
    const PeerSocket taken("0.0.0.0");
    const auto transport = UdpTransport::open(taken.here.port, 0);
    REQUIRE_FALSE(transport.ok());
    CHECK_THAT(transport.error(),
               Catch::Contains("UDP port " + std::to_string(taken.here.port)) && Catch::Contains("stop it first"));
}

TEST_CASE("what cannot be sent is an error, not an end") {
    const std::uint16_t port = free_port();
    auto transport = UdpTransport::open(port, 0).value();
    const PeerSocket peer("127.0.0.1");
    const Bytes octets(10);
    // Good ones among the bad: each gets its own verdict, and the order stays.
    transport.send({endpoint("127.0.0.1", port), peer.here}, Bytes(1));
    transport.send({endpoint("203.0.113.77", port), peer.here}, octets);
    transport.send({endpoint("127.0.0.1", port), peer.here}, Bytes(2));
    transport.send({endpoint("127.0.0.1", port), peer.here}, Bytes(70'000));
    transport.send({endpoint("0.0.0.0", port), peer.here}, Bytes(3));
    const auto failed = flush(transport);
    REQUIRE(failed.size() == 2);
    CHECK(failed[0].first.local == endpoint("203.0.113.77", port));
    CHECK(failed[1].second == EMSGSIZE);
    for (const ssize_t length : {1, 2, 3}) {
        Bytes buffer(2000);
        CHECK(recv(peer.socket.get(), buffer.data(), buffer.size(), 0) == length);
    }
    CHECK(flush(transport).empty());
}

TEST_CASE("more than a burst goes out whole, of both families in turn") {
    const std::uint16_t port = free_port();
    auto transport = UdpTransport::open(port, 0).value();
    std::vector<PeerSocket> peers;
    peers.emplace_back("127.0.0.1");
    if (has_ipv6()) peers.emplace_back("::1");
    const std::size_t count = 3 * UdpTransport::kBurst;
    for (std::size_t number = 0; number < count; ++number) {
        const PeerSocket& peer = peers[number / 5 % peers.size()];
        const char* own = peer.here.address.family() == Family::kIpv4 ? "127.0.0.1" : "::1";
        transport.send({endpoint(own, port), peer.here}, Bytes(number + 1));
        CHECK(transport.is_full() == (number + 1 >= UdpTransport::kBurst));
    }
    CHECK(flush(transport).empty());
    CHECK_FALSE(transport.is_full());
    for (std::size_t number = 0; number < count; ++number) {
        Bytes buffer(2000);
        const ssize_t length =
            recv(peers[number / 5 % peers.size()].socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        CHECK(length == static_cast<ssize_t>(number + 1));
    }
}

TEST_CASE("what waits is received in bursts, in order, none lost") {
    const std::uint16_t port = free_port();
    auto transport = UdpTransport::open(port, 0).value();
    const PeerSocket peer("127.0.0.1");
    for (std::size_t number = 0; number < 2 * UdpTransport::kBurst + 1; ++number)
        peer.send_to(endpoint("127.0.0.1", port), Bytes(100 + number, static_cast<std::uint8_t>(number)));
    std::size_t number = 0;
    for (const std::size_t expected : {UdpTransport::kBurst, UdpTransport::kBurst, std::size_t{1}, std::size_t{0}}) {
        const auto datagrams = transport.receive(transport.descriptors().front());
        REQUIRE(datagrams.size() == expected);
        for (const Datagram& datagram : datagrams) {
            CHECK(to_bytes(datagram.bytes) == Bytes(100 + number, static_cast<std::uint8_t>(number)));
            ++number;
        }
    }
}

}  // namespace
}  // namespace esplane::ike
