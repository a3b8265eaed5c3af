#include "dataplane/packet/address.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "tests/unit/dataplane/support/packets.h"

namespace esplane {
namespace {

using dataplane::test::address;

TEST_CASE("addresses are read and written as text") {
    for (const char* text : {"0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1:2",
                             "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
        INFO(text);
        REQUIRE(IpAddress::parse(text));
        CHECK(IpAddress::parse(text)->to_string() == text);
    }
    CHECK(address("2001:DB8:0::0:1").to_string() == "2001:db8::1");
}

TEST_CASE("what is no address is refused") {
    for (const char* text : {"", "10", "10.1.2", "10.1.2.3.4", "10.1.2.256", "10.01.2.3", "10.1.2.3 ", " 10.1.2.3",
                             "10.1.2.3/8", ":", ":::", "1::2::3", "12345::", "2001:db8::1%eth0", "example.org"}) {
        INFO(text);
        CHECK_FALSE(IpAddress::parse(text));
    }
    CHECK_FALSE(IpAddress::parse(std::string_view("10.1.2.3\0x", 10)));
}

TEST_CASE("an address knows its family, its octets and whether it is one") {
    const IpAddress v4 = IpAddress::v4(0x0a010203);
    CHECK(v4 == IpAddress::v4({10, 1, 2, 3}));
    CHECK(v4.family() == Family::kIpv4);
    CHECK(v4.bits() == 32);
    CHECK(to_bytes(v4.octets()) == Bytes{10, 1, 2, 3});
    CHECK(address("::1").bits() == 128);
    CHECK(address("::1").octets().size() == 16);
    CHECK(IpAddress().is_unspecified());
    CHECK(IpAddress::any(Family::kIpv6).is_unspecified());
    CHECK_FALSE(address("0.0.0.1").is_unspecified());
    CHECK(IpAddress::highest(Family::kIpv4) == address("255.255.255.255"));
    for (const std::size_t length : {0, 3, 5, 15, 17})
        CHECK_FALSE(IpAddress::from_octets(Bytes(length)));
}

TEST_CASE("addresses are ordered by family, then as numbers") {
    const char* ascending[] = {"0.0.0.0", "9.255.255.255", "10.0.0.0", "127.0.0.1", "128.0.0.0", "255.255.255.255",
                               "::",      "::1",           "::100",    "7fff::",    "8000::",    "ffff::"};
    for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
        INFO(ascending[i] << " and " << ascending[i + 1]);
        CHECK(address(ascending[i]) < address(ascending[i + 1]));
        CHECK_FALSE(address(ascending[i + 1]) < address(ascending[i]));
    }
}

TEST_CASE("prefixes are read and written as text") {
    for (const char* text : {"0.0.0.0/0", "10.0.0.0/8", "10.1.2.3/32", "10.1.2.2/31", "::/0", "2001:db8::/33"}) {
        INFO(text);
        REQUIRE(Prefix::parse(text));
        CHECK(Prefix::parse(text)->to_string() == text);
    }
    CHECK(Prefix::parse("10.1.2.3")->to_string() == "10.1.2.3/32");
    CHECK(Prefix::parse("2001:db8::1")->length == 128);
}

TEST_CASE("what is no prefix, or has host bits, is refused") {
    for (const char* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/ 8",
                             "10.0.0.0/+8", "10.0.0.1/31", "10.128.0.0/8", "::/129", "2001:db8::/28", "10.0.0.0/8/8"}) {
        INFO(text);
        CHECK_FALSE(Prefix::parse(text));
    }
}

TEST_CASE("a prefix holds what shares its leading bits") {
    crypto::SeededRandom random(0x9a7e);
    for (int round = 0; round < 4000; ++round) {
        const std::size_t size = round % 2 == 0 ? 4 : 16;
        Bytes network = random.bytes(size);
        const auto length = static_cast<std::uint8_t>(random.below(size * 8 + 1));
        for (std::size_t bit = length; bit < size * 8; ++bit)
            network[bit / 8] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
        const Prefix prefix{*IpAddress::from_octets(network), length};
        Bytes candidate = network;
        const std::size_t flipped = random.below(size * 8);
        candidate[flipped / 8] ^= static_cast<std::uint8_t>(0x80 >> flipped % 8);
        INFO("round " << round << ": " << prefix.to_string() << ", bit " << flipped);
        CHECK(prefix.contains(*IpAddress::from_octets(candidate)) == (flipped >= length));
        CHECK(prefix.contains(prefix.first()));
        CHECK(prefix.contains(prefix.last()));
        CHECK(Prefix::parse(prefix.to_string()) == prefix);
    }
    CHECK_FALSE(Prefix::parse("::/0")->contains(address("10.0.0.1")));
    CHECK_FALSE(Prefix::parse("0.0.0.0/0")->contains(address("::1")));
}

TEST_CASE("endpoints are written so that the port stands apart") {
    CHECK(Endpoint{address("192.0.2.1"), 500}.to_string() == "192.0.2.1:500");
    CHECK(Endpoint{address("2001:db8::1"), 4500}.to_string() == "[2001:db8::1]:4500");
}

}  // namespace
}  // namespace esplane
