#include "dataplane/link/address_claims.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/link/frames.h"

namespace esplane::dataplane {
namespace {

using test::address;

TEST_CASE("a claim is told of its port and address, with who made it last and how often") {
    PortSetup lan;
    lan.addresses = {{address("10.1.0.1"), 24}, {address("fd00:1::1"), 64}};
    PortSetup wan;
    wan.addresses = {{address("192.0.2.1"), 24}};
    const std::vector<PortSetup> ports = {lan, wan};
    AddressClaims claims(ports);
    CHECK(claims.of(PortNumber{0}).empty());
    claims.report(PortNumber{0}, {address("fd00:1::1"), test::kPeerMac});
    claims.report(PortNumber{0}, {address("fd00:1::1"), MacAddress{{0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54}}});
    claims.report(PortNumber{1}, {address("192.0.2.1"), test::kOtherMac});
    claims.report(PortNumber{1}, {address("10.1.0.1"), test::kOtherMac});  // another port's
    const auto on_lan = claims.of(PortNumber{0});
    REQUIRE(on_lan.size() == 1);
    CHECK(on_lan[0].address == "fd00:1::1");
    CHECK(on_lan[0].mac == "fe:dc:ba:98:76:54");
    CHECK(on_lan[0].count == 2);
    const auto on_wan = claims.of(PortNumber{1});
    REQUIRE(on_wan.size() == 1);
    CHECK(on_wan[0].mac == test::kOtherMac.to_string());
    CHECK(on_wan[0].count == 1);
}

}  // namespace
}  // namespace esplane::dataplane
