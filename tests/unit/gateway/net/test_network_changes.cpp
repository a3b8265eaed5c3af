// Against the kernel, in a network namespace of the test's own.
#include <poll.h>

#include <catch2/catch.hpp>

#include "gateway/net/netlink.h"
#include "gateway/net/network_changes.h"
#include "tests/unit/gateway/net/network.h"

namespace esplane::gateway {
namespace {

using test::enter_empty_network;
using test::kMark;
using test::prefix;
using test::TunDevice;

bool is_readable(const NetworkChanges& changes) {
    pollfd waited{.fd = changes.descriptor(), .events = POLLIN, .revents = 0};
    return poll(&waited, 1, 0) == 1;
}

IpAddress address(int number) {
    const std::string text = "10.9." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
    return IpAddress::parse(text).value();
}

TEST_CASE("a change of links, addresses or rules is heard of, once") {
    if (!enter_empty_network()) return;
    auto changes = NetworkChanges::open().value();
    auto netlink = Netlink::open().value();
    CHECK_FALSE(is_readable(changes));
    CHECK_FALSE(changes.take());
    const TunDevice device("wan0");
    const auto is_heard = [&] { return is_readable(changes) && changes.take() && !changes.take(); };
    CHECK(is_heard());
    REQUIRE(netlink.set_link_up("wan0", 1400).ok());
    CHECK(is_heard());
    REQUIRE(netlink.add_address("wan0", address(1)).ok());
    CHECK(is_heard());
    REQUIRE(netlink.remove_address("wan0", address(1)).ok());
    CHECK(is_heard());
    REQUIRE(netlink.add_source_rule(address(2)).ok());
    CHECK(is_heard());
}

TEST_CASE("routes of the gateway's own change no way to a peer") {
    if (!enter_empty_network()) return;
    const TunDevice device("esp0");
    auto netlink = Netlink::open().value();
    REQUIRE(netlink.set_link_up("esp0", 1400).ok());
    auto changes = NetworkChanges::open().value();
    const Route route{.kind = RouteKind::kDevice,
                      .prefix = prefix("10.2.0.0/24"),
                      .metric = kDeviceMetric,
                      .device = "esp0",
                      .mtu_bytes = 0,
                      .sources = {}};
    REQUIRE(netlink.add_route(route).ok());
    REQUIRE(netlink.remove_route(route).ok());
    CHECK(is_readable(changes));
    CHECK_FALSE(changes.take());
}

TEST_CASE("more changes than the kernel keeps are a change, and the next one is heard of") {
    if (!enter_empty_network()) return;
    const TunDevice device("wan0");
    auto netlink = Netlink::open().value();
    REQUIRE(netlink.set_link_up("wan0", 1400).ok());
    auto changes = NetworkChanges::open().value();
    for (int i = 0; i < 1000; ++i)
        REQUIRE(netlink.add_address("wan0", address(i)).ok());
    CHECK(changes.take());
    CHECK_FALSE(changes.take());
    REQUIRE(netlink.remove_address("wan0", address(500)).ok());
    CHECK(changes.take());
}

}  // namespace
}  // namespace esplane::gateway
