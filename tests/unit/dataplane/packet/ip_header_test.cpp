#include "dataplane/packet/ip_header.h"

#include <catch2/catch.hpp>

#include "dataplane/packet/traffic_class.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using test::address;

TEST_CASE("a plain IPv4 header, octet by octet (RFC 791 3.1)") {
    Bytes header(20, 0xee);
    write_ip_header({.source = address("192.0.2.1"),
                     .destination = address("192.0.2.2"),
                     .protocol = 17,
                     .traffic_class = 0xb9,
                     .payload_bytes = 0x1234},
                    header.data());
    CHECK(ByteView(header).first(10).size() == 10);
    CHECK(Bytes(header.begin(), header.begin() + 10) == Bytes{0x45, 0xb9, 0x12, 0x48, 0, 0, 0x40, 0, 64, 17});
    CHECK(Bytes(header.begin() + 12, header.end()) == Bytes{192, 0, 2, 1, 192, 0, 2, 2});
    CHECK(test::ipv4_header_checksum_is_right(header));
}

TEST_CASE("a plain IPv6 header, octet by octet (RFC 8200 3)") {
    Bytes header(40, 0xee);
    write_ip_header({.source = address("2001:db8::1"),
                     .destination = address("2001:db8::2"),
                     .protocol = 6,
                     .traffic_class = 0xb9,
                     .hop_limit = 9,
                     .payload_bytes = 0x1234},
                    header.data());
    CHECK(Bytes(header.begin(), header.begin() + 8) == Bytes{0x6b, 0x90, 0, 0, 0x12, 0x34, 6, 9});
    CHECK(traffic_class(header) == 0xb9);
    CHECK(*IpAddress::from_octets(ByteView(header).subspan(8, 16)) == address("2001:db8::1"));
    CHECK(*IpAddress::from_octets(ByteView(header).subspan(24, 16)) == address("2001:db8::2"));
}

TEST_CASE("where the header of a packet ends, and what follows it") {
    const Bytes plain = test::ipv4(address("10.1.0.1"), address("10.2.0.1"), 17, {});
    const Bytes with_options = test::ipv4(address("10.1.0.1"), address("10.2.0.1"), 6, {}, 0, Bytes{1, 1, 1, 1});
    const Bytes v6 = test::ipv6(address("2001:db8::1"), address("2001:db8::2"), 60, {});
    CHECK(ip_header_length(plain) == 20);
    CHECK(ip_header_length(with_options) == 24);
    CHECK(ip_header_length(v6) == 40);
    CHECK(ip_header_protocol(plain) == 17);
    CHECK(ip_header_protocol(with_options) == 6);
    CHECK(ip_header_protocol(v6) == 60);
}

}  // namespace
}  // namespace esplane::dataplane
