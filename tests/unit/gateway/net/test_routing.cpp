// Against the kernel, in a network namespace of the test's own.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/gateway/net/network.h"

namespace esplane::gateway {
namespace {

using test::enter_empty_network;
using test::kMark;
using test::prefix;
using test::TunDevice;

std::vector<std::string> kernel_routes() {
    auto netlink = Netlink::open();
    REQUIRE(netlink.ok());
    auto found = netlink->our_routes();
    REQUIRE(found.ok());
    std::vector<std::string> lines;
    for (const Route& route : *found) {
        const char* kind = route.kind == RouteKind::kBlackhole ? "blackhole "
                           : route.kind == RouteKind::kThrow   ? "throw "
                                                               : "dev ";
        lines.push_back(kind + route.prefix.to_string() + " " + route.device);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

using Lines = std::vector<std::string>;

const TunnelRoutes kSiteRoutes{.tunnel = "site",
                               .device = "esp0",
                               .local = {prefix("10.1.0.0/16")},
                               .remote = {prefix("10.2.0.0/16")},
                               .mtu_bytes = 1400};

}  // namespace

TEST_CASE("blackholes come before the device and survive it") {
    if (!enter_empty_network()) return;
    auto opened = Routing::open(kMark);
    REQUIRE(opened.ok());
    std::unique_ptr<Routing> routing = std::move(opened).value();
    REQUIRE(routing->lay(kSiteRoutes).ok());
    CHECK(kernel_routes() == Lines{"blackhole 10.2.0.0/16 "});
    {
        const TunDevice device("esp0");
        REQUIRE(routing->device_up("esp0", 1400).ok());
        CHECK(kernel_routes() == Lines{"blackhole 10.2.0.0/16 ", "dev 10.2.0.0/16 esp0"});
    }
    CHECK(kernel_routes() == Lines{"blackhole 10.2.0.0/16 "});
    routing.reset();
    CHECK(kernel_routes().empty());
}

TEST_CASE("a device has the addresses that a tunnel was given last, and none when that has gone") {
    if (!enter_empty_network()) return;
    const auto routing = Routing::open(kMark).value();
    const TunDevice device("esp0");
    const TunDevice other("esp1");
    REQUIRE(routing->device_up("esp0", 1400).ok());
    REQUIRE(routing->device_up("esp1", 1400).ok());
    const auto has = [](const char* address) {
        const auto found = Netlink::open().value().addresses().value();
        return std::find(found.begin(), found.end(), IpAddress::parse(address).value()) != found.end();
    };
    const auto given = [](std::initializer_list<const char*> texts) {
        std::vector<IpAddress> addresses;
        for (const char* text : texts)
            addresses.push_back(IpAddress::parse(text).value());
        return addresses;
    };
    REQUIRE(routing->use_addresses("site", "esp0", given({"10.99.0.1"})).ok());
    REQUIRE(routing->use_addresses("other", "esp0", given({"10.99.0.2"})).ok());
    REQUIRE(routing->use_addresses("site", "esp0", given({"10.99.0.1", "fd00:99::1"})).ok());
    CHECK((has("10.99.0.1") && has("fd00:99::1") && has("10.99.0.2")));
    REQUIRE(routing->use_addresses("site", "esp1", given({"10.99.0.3"})).ok());
    CHECK((has("10.99.0.3") && has("10.99.0.2")));
    CHECK_FALSE((has("10.99.0.1") || has("fd00:99::1")));
    REQUIRE(routing->use_addresses("site", {}, {}).ok());
    CHECK_FALSE(has("10.99.0.3"));
    CHECK(has("10.99.0.2"));
    CHECK(routing->use_addresses("site", {}, {}).ok());
    CHECK_FALSE(routing->use_addresses("site", "esp9", given({"10.99.0.4"})).ok());
}

TEST_CASE("a start adopts what a crash left and sweeps what nobody wants") {
    if (!enter_empty_network()) return;
    auto netlink = Netlink::open();
    REQUIRE(netlink.ok());
    for (const char* left : {"10.2.0.0/16", "10.3.0.0/16", "2001:db8::/32"}) {
        REQUIRE(netlink->add_route({.prefix = prefix(left)}).ok());
    }
    REQUIRE(netlink->add_rule({Family::kIpv4, RouteTable::kPrefixes}, kMark).ok());
    REQUIRE(netlink->add_rule({Family::kIpv6, RouteTable::kDefaults}, kMark).ok());

    auto routing = Routing::open(kMark);
    REQUIRE(routing.ok());
    REQUIRE((*routing)->lay(kSiteRoutes).ok());
    REQUIRE((*routing)->sweep().ok());
    CHECK(kernel_routes() == Lines{"blackhole 10.2.0.0/16 "});
}

TEST_CASE("routes change in place and go with their tunnel") {
    if (!enter_empty_network()) return;
    auto routing = Routing::open(kMark);
    REQUIRE(routing.ok());
    const TunDevice device("esp0");
    REQUIRE((*routing)->lay(kSiteRoutes).ok());
    REQUIRE((*routing)->device_up("esp0", 1400).ok());

    TunnelRoutes changed = kSiteRoutes;
    changed.mtu_bytes = 1300;
    changed.remote.push_back(prefix("10.5.0.0/16"));
    REQUIRE((*routing)->lay(changed).ok());
    CHECK(kernel_routes() ==
          Lines{"blackhole 10.2.0.0/16 ", "blackhole 10.5.0.0/16 ", "dev 10.2.0.0/16 esp0", "dev 10.5.0.0/16 esp0"});
    REQUIRE((*routing)->remove("site").ok());
    CHECK(kernel_routes().empty());
}

TEST_CASE("default routes of both families") {
    if (!enter_empty_network()) return;
    auto routing = Routing::open(kMark);
    REQUIRE(routing.ok());
    const TunDevice device("esp0");
    TunnelRoutes all = kSiteRoutes;
    all.remote = {prefix("0.0.0.0/0"), prefix("::/0")};
    REQUIRE((*routing)->lay(all).ok());
    REQUIRE((*routing)->device_up("esp0", 1400).ok());
    CHECK(kernel_routes() == Lines{"blackhole 0.0.0.0/0 ", "blackhole ::/0 ", "dev 0.0.0.0/0 esp0", "dev ::/0 esp0"});
}

TEST_CASE("a device that is not there is an error that names it") {
    if (!enter_empty_network()) return;
    auto routing = Routing::open(kMark);
    REQUIRE(routing.ok());
    const auto up = (*routing)->device_up("esp7", 1400);
    REQUIRE_FALSE(up.ok());
    CHECK(up.error().find("esp7") != std::string::npos);
}

}  // namespace esplane::gateway
