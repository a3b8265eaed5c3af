// Against the kernel, in a network namespace of the test's own.
#include <catch2/catch.hpp>

#include "gateway/net/outer_link.h"
#include "tests/unit/gateway/net/network.h"

namespace esplane::gateway {
namespace {

using test::enter_empty_network;
using test::kMark;
using test::prefix;
using test::TunDevice;

IpAddress address(const char* text) {
    return IpAddress::parse(text).value();
}

TEST_CASE("the MTU is that of the route, if one is written there, or that of the device") {
    if (!enter_empty_network()) return;
    const TunDevice device("esp0");
    const auto routing = Routing::open(kMark).value();
    CHECK_FALSE(link_mtu_towards(address("10.2.0.9"), 0));
    REQUIRE(routing->device_up("esp0", 1438).ok());
    TunnelRoutes routes{.tunnel = "net",
                        .device = "esp0",
                        .local = {prefix("10.1.0.0/24")},
                        .remote = {prefix("10.2.0.0/24"), prefix("2001:db8:2::/64")},
                        .mtu_bytes = 0};
    REQUIRE(routing->lay(routes).ok());
    CHECK(link_mtu_towards(address("10.2.0.9"), 0) == 1438U);
    CHECK(link_mtu_towards(address("2001:db8:2::9"), 0) == 1438U);
    routes.mtu_bytes = 1400;
    REQUIRE(routing->lay(routes).ok());
    CHECK(link_mtu_towards(address("10.2.0.9"), 0) == 1400U);
    // Packets with the gateway's own mark do not go there.
    CHECK_FALSE(link_mtu_towards(address("10.2.0.9"), kMark));
}

}  // namespace
}  // namespace esplane::gateway
