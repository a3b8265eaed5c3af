#include "dataplane/link/host_routes.h"

#include <catch2/catch.hpp>
#include <thread>

namespace esplane::dataplane {
namespace {

using Kind = HostRoutes::Kind;

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

Prefix prefix(const char* text) {
    return Prefix::parse(text).value();
}

std::vector<PortSetup> ports() {
    PortSetup wan{.role = PortRole::kCipher};
    wan.addresses = {{ip("192.0.2.1"), 24}, {ip("2001:db8::1"), 64}};
    wan.gateways = {ip("192.0.2.254")};
    PortSetup lan{.role = PortRole::kClear};
    lan.addresses = {{ip("10.1.0.1"), 24}, {ip("fd01::1"), 64}};
    return {wan, lan};
}

constexpr PortNumber kWan{0}, kLan{1};

/// "tunnels", "none", "foreign", or the port's number and the next hop.
std::string way(const HostRoutes& routes, const char* source, const char* destination) {
    const HostRoutes::Lock lock = routes.try_lock();
    REQUIRE(lock.owns_lock());
    const HostRoutes::Way found = routes.find(ip(source), ip(destination));
    switch (found.kind) {
        case Kind::kTunnels:
            return "tunnels";
        case Kind::kNoWay:
            return "none";
        case Kind::kForeign:
            return "foreign";
        case Kind::kPort:
            break;
    }
    return (found.hop.port == kWan ? "wan " : found.hop.port == kLan ? "lan " : "? ") + found.hop.address.to_string();
}

}  // namespace

TEST_CASE("What the host sends leaves by the port of its source address, or onto the destination's link") {
    const auto all = ports();
    const HostRoutes routes(all);
    CHECK(way(routes, "192.0.2.1", "192.0.2.9") == "wan 192.0.2.9");
    CHECK(way(routes, "192.0.2.1", "198.51.100.1") == "wan 192.0.2.254");
    CHECK(way(routes, "10.1.0.1", "10.1.0.9") == "lan 10.1.0.9");
    CHECK(way(routes, "fd01::1", "fd01::9") == "lan fd01::9");
    CHECK(way(routes, "192.0.2.1", "10.1.0.9") == "lan 10.1.0.9");
    CHECK(way(routes, "10.1.0.1", "192.0.2.9") == "wan 192.0.2.9");
    // The port has no gateway, and another's is none of its.
    CHECK(way(routes, "10.1.0.1", "198.51.100.1") == "none");
    CHECK(way(routes, "2001:db8::1", "2001:db8:1::1") == "none");
}

TEST_CASE("What is not from an address of ours to one other host goes nowhere") {
    const auto all = ports();
    const HostRoutes routes(all);
    CHECK(way(routes, "172.17.0.2", "192.0.2.9") == "foreign");
    CHECK(way(routes, "0.0.0.0", "192.0.2.9") == "foreign");
    CHECK(way(routes, "192.0.2.1", "0.0.0.0") == "foreign");
    CHECK(way(routes, "192.0.2.1", "224.0.0.5") == "foreign");
    CHECK(way(routes, "192.0.2.1", "255.255.255.255") == "foreign");
    CHECK(way(routes, "fd01::1", "ff02::16") == "foreign");
    CHECK(way(routes, "10.1.0.1", "192.0.2.1") == "foreign");
}

TEST_CASE("What is behind a tunnel never leaves in clear, from whichever address") {
    const auto all = ports();
    HostRoutes routes(all);
    routes.protect("net", {prefix("10.1.0.0/24")}, {prefix("10.2.0.0/16"), prefix("192.0.2.128/25")});
    CHECK(way(routes, "10.1.0.1", "10.2.0.1") == "tunnels");
    CHECK(way(routes, "192.0.2.1", "10.2.0.1") == "tunnels");
    CHECK(way(routes, "172.17.0.2", "10.2.0.1") == "tunnels");
    CHECK(way(routes, "192.0.2.1", "192.0.2.200") == "tunnels");  // on the link, and behind the tunnel all the same
    CHECK(way(routes, "192.0.2.1", "192.0.2.9") == "wan 192.0.2.9");
    CHECK(way(routes, "10.1.0.1", "10.1.0.9") == "lan 10.1.0.9");
    CHECK(way(routes, "192.0.2.1", "198.51.100.1") == "wan 192.0.2.254");
    routes.protect("net", {}, {});
    CHECK(way(routes, "192.0.2.1", "10.2.0.1") == "wan 192.0.2.254");
}

TEST_CASE("A default route leads into the tunnel, past the links alone") {
    const auto all = ports();
    HostRoutes routes(all);
    routes.protect("net", {prefix("10.1.0.0/24")}, {prefix("0.0.0.0/0")});
    CHECK(way(routes, "192.0.2.1", "192.0.2.9") == "wan 192.0.2.9");
    CHECK(way(routes, "192.0.2.1", "192.0.2.254") == "wan 192.0.2.254");
    CHECK(way(routes, "10.1.0.1", "10.1.0.9") == "lan 10.1.0.9");
    CHECK(way(routes, "192.0.2.1", "198.51.100.1") == "tunnels");
    CHECK(way(routes, "10.1.0.1", "198.51.100.1") == "tunnels");
    CHECK(way(routes, "2001:db8::1", "2001:db8::9") == "wan 2001:db8::9");
}

TEST_CASE("The site's own network, within what is behind the tunnel, is reached on its link") {
    const auto all = ports();
    HostRoutes routes(all);
    routes.protect("net", {prefix("10.1.0.0/24")}, {prefix("10.0.0.0/8")});
    CHECK(way(routes, "10.1.0.1", "10.1.0.9") == "lan 10.1.0.9");
    CHECK(way(routes, "10.1.0.1", "10.2.0.9") == "tunnels");
}

TEST_CASE("Who asks never waits for who changes them, and the other way round it does") {
    const auto all = ports();
    HostRoutes routes(all);
    auto lock = routes.try_lock();
    REQUIRE(lock.owns_lock());
    std::thread control([&] { routes.protect("net", {}, {prefix("10.2.0.0/16")}); });
    CHECK(routes.find(ip("192.0.2.1"), ip("10.2.0.1")).kind == Kind::kPort);
    lock.unlock();
    control.join();
    CHECK(way(routes, "192.0.2.1", "10.2.0.1") == "tunnels");
}

}  // namespace esplane::dataplane
