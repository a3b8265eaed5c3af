// What ICMP says of our outer packets; and that nothing it says costs a packet, or keeps the worker awake.
#include "dataplane/io/too_big_reports.h"

#include <netinet/in.h>
#include <poll.h>

#include <catch2/catch.hpp>

#include "dataplane/io/waiter.h"
#include "dataplane/packet/checksum.h"
#include "tests/unit/dataplane/io/loopback.h"

namespace esplane::dataplane {
namespace {

using test::in_namespace;

constexpr std::uint8_t kUnreachable = 3;
constexpr std::uint8_t kFragmentationNeeded = 4;
constexpr std::uint8_t kPortUnreachable = 3;
constexpr std::uint8_t kPacketTooBig = 2;
constexpr std::uint16_t kMtu = 1300;

/// As test::send() begins its first packet.
constexpr Spi kSpi{0x01020304};
const Bytes kEsp = {1, 2, 3, 4, 0, 0, 0, 1, 9, 9, 9, 9};

/// What an IP packet that went `way` has behind its IP header.
Bytes behind_ip(const Slot& way, const Bytes& esp) {
    return way.outer->encapsulation == Encapsulation::kUdp ? test::udp(4500, 4500, esp) : esp;
}

/// The ICMP message about a packet with `payload` behind its IP header.
Bytes icmp(const Slot& way, const Bytes& payload, std::uint8_t type, std::uint8_t code) {
    const bool v4 = way.outer->path.local.address.family() == Family::kIpv4;
    const std::uint8_t protocol = way.outer->encapsulation == Encapsulation::kUdp ? 17 : 50;
    Bytes message = {type, code, 0, 0, 0, 0, 0, 0};
    store_be(message.data() + 6, kMtu);
    append(message, test::ip(way.outer->path.local.address, way.outer->path.remote.address, protocol, payload));
    if (v4) store_be(message.data() + 2, checksum_finish(checksum_add(0, message)));
    return message;
}

/// As any host on the path may, and any that is not.
void inject(const Slot& way, const Bytes& message) {
    const IpAddress address = way.outer->path.local.address;
    const bool v4 = address.family() == Family::kIpv4;
    const FileDescriptor fd(
        socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6}));
    sockaddr_storage to{};
    const socklen_t size = to_socket_address({address, 0}, to);
    REQUIRE(sendto(fd.get(), message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&to), size) ==
            static_cast<ssize_t>(message.size()));
}

void inject_too_big(const Slot& way, const Bytes& payload) {
    const bool v4 = way.outer->path.local.address.family() == Family::kIpv4;
    inject(way, v4 ? icmp(way, payload, kUnreachable, kFragmentationNeeded) : icmp(way, payload, kPacketTooBig, 0));
}

std::vector<TooBigReport> reports(test::LookingIo& io) {
    std::vector<TooBigReport> all;
    while (auto report = io.next_report())
        all.push_back(*report);
    return all;
}

/// Whether epoll would report an error for any socket that the worker waits for.
bool has_pending_error(const CipherSockets& sockets) {
    for (const CipherSocket& socket : sockets.receiving()) {
        pollfd watched{.fd = socket.fd.get(), .events = POLLIN, .revents = 0};
        if (poll(&watched, 1, 0) > 0 && (watched.revents & POLLERR) != 0) return true;
    }
    return false;
}

/// Ten packets with DF and ten without, alternately, each a message of its own.
std::vector<Slot> both_kinds(const Slot& way) {
    std::vector<Slot> slots(20, way);
    for (std::size_t i = 0; i < slots.size(); ++i)
        slots[i].dont_fragment = i % 2 == 0;
    return slots;
}

TEST_CASE("a report that a packet was too big arrives with SPI, MTU and path, and costs no packet") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            for (int round = 0; round < 20; ++round) {
                inject_too_big(way, behind_ip(way, kEsp));
                CHECK(test::send(io, both_kinds(way), 100) == 0);
                CHECK(test::receive(io).size() == 20);
                const auto told = reports(io);
                REQUIRE(told.size() == 1);
                CHECK(told.front().spi == kSpi);
                CHECK(told.front().mtu_bytes == kMtu);
                CHECK(told.front().outer == way.outer->path);
                CHECK(told.front().encapsulation == way.outer->encapsulation);
                CHECK_FALSE(has_pending_error(*sockets));
            }
        }
    });
}

TEST_CASE("a report that comes while packets wait to be read costs none of them") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            CHECK(test::send(io, both_kinds(way), 100) == 0);
            inject_too_big(way, behind_ip(way, kEsp));
            CHECK(test::receive(io).size() == 20);
            // It may have come to the socket that only sends: as a worker does that is woken by it.
            io.expect_errors();
            CHECK(test::receive(io).empty());
            CHECK(reports(io).size() == 1);
            CHECK_FALSE(has_pending_error(*sockets));
        }
    });
}

TEST_CASE("a quote that ends before ESP, and one of IKE, are reported without SPI") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const Slot& way : test::every_way()) {
            if (way.outer->encapsulation != Encapsulation::kUdp) continue;
            INFO(test::describe(way));
            for (const Bytes& esp : {Bytes{}, Bytes{1, 2, 3}, Bytes(20, 0)}) {
                inject_too_big(way, behind_ip(way, esp));
                CHECK(test::send(io, both_kinds(way), 100) == 0);
                CHECK(test::receive(io).size() == 20);
                const auto told = reports(io);
                REQUIRE(told.size() == 1);
                CHECK_FALSE(told.front().spi);
                CHECK(told.front().mtu_bytes == kMtu);
            }
        }
    });
}

TEST_CASE("other errors are taken from the queue and cost no packet either") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            const bool v4 = way.outer->path.local.address.family() == Family::kIpv4;
            const Bytes quoted = behind_ip(way, kEsp);
            inject(way, v4 ? icmp(way, quoted, kUnreachable, kPortUnreachable) : icmp(way, quoted, 1, 4));
            CHECK(test::send(io, both_kinds(way), 100) == 0);
            CHECK(test::receive(io).size() == 20);
            CHECK(reports(io).empty());
            CHECK_FALSE(has_pending_error(*sockets));
        }
    });
}

TEST_CASE("what the host itself refuses is reported with the device's MTU, and the SPI that was to go") {
    in_namespace([] {
        REQUIRE(test::set_loopback_mtu(1500));
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (Slot way : test::every_way()) {
            INFO(test::describe(way));
            way.dont_fragment = true;
            CHECK(test::send(io, {way}, 2000) == 1);
            CHECK(test::receive(io).empty());
            const auto told = reports(io);
            REQUIRE(told.size() == 1);
            CHECK(told.front().spi == kSpi);
            CHECK(told.front().mtu_bytes == 1500);
            CHECK(told.front().outer == way.outer->path);
            CHECK(told.front().encapsulation == way.outer->encapsulation);
        }
    });
}

TEST_CASE("an error that the control thread's datagram met goes to the worker, and the datagram leaves") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        for (const char* text : {"127.0.0.1", "::1"}) {
            INFO(text);
            const Slot way{.outer = test::outer_path(test::loop(text, Encapsulation::kUdp), Encapsulation::kUdp)};
            std::size_t arrived = 0;
            for (int i = 0; i < 20; ++i) {
                Path other = way.outer->path;
                other.remote.port = static_cast<std::uint16_t>(5000 + i);
                // Of many ports: a hash spreads the errors over the sockets of ours.
                Bytes quoted = behind_ip(way, kEsp);
                store_be(quoted.data() + 2, other.remote.port);
                inject_too_big({.outer = test::outer_path(other, Encapsulation::kUdp)}, quoted);
                CHECK(sockets->send_udp(way.outer->path, Bytes(4, 0), Bytes(30, 7)));
                arrived += test::receive(io).size();
                CHECK_FALSE(has_pending_error(*sockets));
            }
            CHECK(arrived == 20);
            CHECK(reports(io).size() > 0);
        }
    });
}

TEST_CASE("a storm of errors is worked off bit by bit, and what does not fit is forgotten") {
    in_namespace([] {
        auto sockets = CipherSockets::open({});
        REQUIRE(sockets.ok());
        test::LookingIo io(*sockets);
        const Slot way{.outer = test::outer_path(test::loop("127.0.0.1", Encapsulation::kNone), Encapsulation::kNone)};
        for (std::size_t i = 0; i < 3 * TooBigReports::kMostAtOnce; ++i)
            inject_too_big(way, behind_ip(way, kEsp));
        std::array<Received, kBurst> in;
        CHECK(io.rx(in) == 0);
        CHECK(has_pending_error(*sockets));
        CHECK(reports(io).size() == TooBigReports::kMostAtOnce);
        for (int turn = 0; turn < 3; ++turn)
            CHECK(io.rx(in) == 0);
        CHECK_FALSE(has_pending_error(*sockets));
        CHECK(reports(io).size() == TooBigReports::kMostAtOnce);
    });
}

}  // namespace
}  // namespace esplane::dataplane
