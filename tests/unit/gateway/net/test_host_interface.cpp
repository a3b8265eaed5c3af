// Against the kernel, in a network namespace of the test's own: programs send, and what comes out of the devices tells.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>

#include "dataplane/io/tun_device.h"
#include "dataplane/packet/inner_packet.h"
#include "gateway/net/host_interface.h"
#include "tests/unit/gateway/net/network.h"
#include "tests/unit/ike/runtime/socket_address.h"

namespace esplane::gateway {
namespace {

using dataplane::FileDescriptor;
using test::enter_empty_network;
using test::prefix;

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

/// The ports' addresses on `esp-host`, and a network that the host has by another device, which is its default route.
class Host {
  public:
    Host() {
        REQUIRE(host_.is_open());
        REQUIRE(management_.is_open());
        auto netlink = Netlink::open();
        REQUIRE(netlink.ok());
        REQUIRE(netlink->set_link_up("mgmt", 1500).ok());
        REQUIRE(netlink->add_address("mgmt", ip("172.31.0.1")).ok());
        for (const char* to : {"172.31.0.0/24", "0.0.0.0/0"}) {
            REQUIRE(netlink
                        ->add_route({.kind = RouteKind::kDevice,
                                     .table = RouteTable::kMain,
                                     .prefix = prefix(to),
                                     .metric = 0,
                                     .device = "mgmt",
                                     .sources = {prefix("172.31.0.1/32")}})
                        .ok());
        }
    }

    static dataplane::DpdkOptions options() {
        dataplane::PortOptions wan{.name = "wan", .role = dataplane::PortRole::kCipher};
        wan.addresses = {{ip("192.0.2.1"), 24}, {ip("2001:db8::1"), 64}};
        wan.gateways = {ip("192.0.2.254"), ip("2001:db8::fe")};
        dataplane::PortOptions lan{.name = "lan", .role = dataplane::PortRole::kClear};
        lan.addresses = {{ip("10.1.0.1"), 16}};
        return {.ports = {wan, lan}, .host_interface = "esp-host"};
    }

    /// Where a datagram comes out that a program sends, and from which address: "esp-host 192.0.2.1"; with an error,
    /// that.
    std::string send(const char* to, const char* from = nullptr) const {
        const auto destination = SocketAddress::from({ip(to), 9});
        const FileDescriptor socket(::socket(destination.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        if (from != nullptr) {
            const auto source = SocketAddress::from({ip(from), 0});
            if (bind(socket.get(), source.get(), source.length) != 0) return std::strerror(errno);
        }
        const ssize_t sent = sendto(socket.get(), "x", 1, 0, destination.get(), destination.length);
        return sent == 1 ? seen() : std::strerror(errno);
    }

  private:
    std::string seen() const {
        pollfd polled[] = {{host_.get(), POLLIN, 0}, {management_.get(), POLLIN, 0}};
        if (poll(polled, 2, 1000) <= 0) return "nowhere";
        const bool is_host = (polled[0].revents & POLLIN) != 0;
        std::uint8_t octets[2048];
        const ssize_t length = read(is_host ? host_.get() : management_.get(), octets, sizeof octets);
        REQUIRE(length > 0);
        const auto packet = dataplane::parse_inner(ByteView(octets, static_cast<std::size_t>(length)));
        REQUIRE(packet);
        return (is_host ? "esp-host " : "mgmt ") + packet->source.to_string();
    }

    FileDescriptor host_ = dataplane::open_tun_device("esp-host", 0);
    FileDescriptor management_ = dataplane::open_tun_device("mgmt", 0);
};

std::unique_ptr<HostInterface> open() {
    auto opened = HostInterface::open(plan_host(Host::options()));
    if (!opened) FAIL(opened.error());
    return std::move(opened).value();
}

}  // namespace

TEST_CASE("Programs of the host send from the ports' addresses to the ports' links") {
    if (!enter_empty_network()) return;
    const Host host;
    const auto open_interface = open();
    CHECK(host.send("192.0.2.9") == "esp-host 192.0.2.1");
    CHECK(host.send("10.1.7.7") == "esp-host 10.1.0.1");
    CHECK(host.send("2001:db8::9") == "esp-host 2001:db8::1");
    // The only default route of this family.
    CHECK(host.send("2001:db8:1::9") == "esp-host 2001:db8::1");
}

TEST_CASE("What the host has by other devices stays as it was") {
    if (!enter_empty_network()) return;
    const Host host;
    const auto open_interface = open();
    CHECK(host.send("172.31.0.9") == "mgmt 172.31.0.1");
    CHECK(host.send("198.51.100.1") == "mgmt 172.31.0.1");
}

TEST_CASE("Nothing that is sent from a port's address leaves by another device") {
    if (!enter_empty_network()) return;
    const Host host;
    CHECK(host.send("198.51.100.1", "10.1.0.1") == "Cannot assign requested address");
    auto open_interface = open();
    for (const char* to : {"198.51.100.1", "172.31.0.9", "192.0.2.9", "10.1.7.7"}) {
        INFO(to);
        CHECK(host.send(to, "10.1.0.1") == "esp-host 10.1.0.1");
    }
    SECTION("until it ends") {
        open_interface.reset();
        CHECK(host.send("198.51.100.1", "10.1.0.1") == "mgmt 10.1.0.1");
    }
    SECTION("whose rules a crash leaves behind, and the next run takes away") {
        // Never destroyed, and known of, so that it is no leak.
        static const HostInterface* crashed = nullptr;
        crashed = open_interface.release();
        REQUIRE(crashed != nullptr);
        open().reset();
        CHECK(host.send("198.51.100.1", "10.1.0.1") == "mgmt 10.1.0.1");
    }
}

TEST_CASE("What the kernel refuses is said") {
    if (!enter_empty_network()) return;
    const auto opened = HostInterface::open(plan_host(Host::options()));
    REQUIRE_FALSE(opened.ok());
    CHECK_THAT(opened.error(), Catch::Contains("esp-host"));
}

}  // namespace esplane::gateway
