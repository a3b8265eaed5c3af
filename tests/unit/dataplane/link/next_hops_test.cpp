#include "dataplane/link/next_hops.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane {
namespace {

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

std::vector<PortSetup> ports() {
    PortSetup wan{.role = PortRole::kCipher};
    wan.addresses = {{ip("192.0.2.1"), 24}, {ip("2001:db8::1"), 64}};
    wan.gateways = {ip("192.0.2.254")};
    PortSetup lan{.role = PortRole::kClear};
    lan.addresses = {{ip("10.1.0.1"), 16}, {ip("fd01::1"), 64}};
    lan.gateways = {ip("10.1.0.254"), ip("fd01::fe")};
    PortSetup narrow{.role = PortRole::kClear};
    narrow.addresses = {{ip("10.1.7.1"), 24}};
    return {wan, lan, narrow};
}

constexpr PortNumber kWan{0}, kLan{1}, kNarrow{2};
using Way = std::optional<NextHop>;

}  // namespace

TEST_CASE("A host is reached on its link, by the longest prefix, else by a gateway of the clear side") {
    const auto all = ports();
    const NextHops hops(all);
    CHECK(hops.to_host(ip("10.1.9.9")) == Way({kLan, ip("10.1.9.9")}));
    CHECK(hops.to_host(ip("10.1.7.9")) == Way({kNarrow, ip("10.1.7.9")}));
    CHECK(hops.to_host(ip("172.16.0.1")) == Way({kLan, ip("10.1.0.254")}));
    CHECK(hops.to_host(ip("fd01::2")) == Way({kLan, ip("fd01::2")}));
    CHECK(hops.to_host(ip("fd09::2")) == Way({kLan, ip("fd01::fe")}));
    // What is on the cipher side's link is no host's.
    CHECK(hops.to_host(ip("192.0.2.9")) == Way({kLan, ip("10.1.0.254")}));
}

TEST_CASE("A peer is reached by the port that has our address") {
    const auto all = ports();
    const NextHops hops(all);
    CHECK(hops.to_peer(ip("192.0.2.1"), ip("192.0.2.9")) == Way({kWan, ip("192.0.2.9")}));
    CHECK(hops.to_peer(ip("192.0.2.1"), ip("198.51.100.1")) == Way({kWan, ip("192.0.2.254")}));
    CHECK(hops.to_peer(ip("2001:db8::1"), ip("2001:db8::9")) == Way({kWan, ip("2001:db8::9")}));
    CHECK(hops.to_peer(ip("2001:db8::1"), ip("2001:db8:1::9")) == Way());
    CHECK(hops.to_peer(ip("10.1.0.1"), ip("10.1.0.9")) == Way());  // no port of the cipher side has it
    CHECK(hops.to_peer(ip("192.0.2.2"), ip("192.0.2.9")) == Way());
}

TEST_CASE(
    "What the host sends leaves by the port that has its source, unless another has the destination on its link") {
    const auto all = ports();
    const NextHops hops(all);
    CHECK(hops.from_own(ip("192.0.2.1"), ip("192.0.2.9")) == Way({kWan, ip("192.0.2.9")}));
    CHECK(hops.from_own(ip("192.0.2.1"), ip("198.51.100.1")) == Way({kWan, ip("192.0.2.254")}));
    CHECK(hops.from_own(ip("10.1.0.1"), ip("198.51.100.1")) == Way({kLan, ip("10.1.0.254")}));
    CHECK(hops.from_own(ip("10.1.7.1"), ip("198.51.100.1")) == Way());
    CHECK(hops.from_own(ip("192.0.2.1"), ip("10.1.7.9")) == Way({kNarrow, ip("10.1.7.9")}));
    CHECK(hops.from_own(ip("192.0.2.1"), ip("10.1.9.9")) == Way({kLan, ip("10.1.9.9")}));
    // The one with the source goes before the one with the longer prefix: its neighbours know that address.
    CHECK(hops.from_own(ip("10.1.0.1"), ip("10.1.7.9")) == Way({kLan, ip("10.1.7.9")}));
    CHECK(hops.from_own(ip("fd01::1"), ip("fd09::2")) == Way({kLan, ip("fd01::fe")}));
    CHECK(hops.from_own(ip("2001:db8::1"), ip("2001:db8:1::9")) == Way());
    CHECK(hops.from_own(ip("192.0.2.2"), ip("192.0.2.9")) == Way());
}

TEST_CASE("Where no address of ours is written, it is one on the way to the peer") {
    const auto all = ports();
    const NextHops hops(all);
    CHECK(hops.source_to(ip("192.0.2.9")) == ip("192.0.2.1"));
    CHECK(hops.source_to(ip("198.51.100.1")) == ip("192.0.2.1"));
    CHECK(hops.source_to(ip("2001:db8::9")) == ip("2001:db8::1"));
    CHECK_FALSE(hops.source_to(ip("2001:db8:1::9")));
}

}  // namespace esplane::dataplane
