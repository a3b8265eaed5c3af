#include "dataplane/packet/outer_ip.h"

#include <catch2/catch.hpp>
#include <vector>

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kPayload = 52;

Path path(const char* local, const char* remote, std::uint16_t local_port = 0, std::uint16_t remote_port = 0) {
    return {{IpAddress::parse(local).value(), local_port}, {IpAddress::parse(remote).value(), remote_port}};
}

/// What is written before a payload of kPayload octets, and that payload.
Bytes written(const OuterIp& header, OuterIp::Fields fields) {
    fields.payload_bytes = kPayload;
    Bytes octets(OuterIp::kLongest + kPayload);
    for (std::size_t i = 0; i < kPayload; ++i)
        octets[OuterIp::kLongest + i] = static_cast<std::uint8_t>(i * 7 + 3);
    header.write(fields, octets.data() + OuterIp::kLongest);
    octets.erase(octets.begin(), octets.begin() + (OuterIp::kLongest - header.length()));
    return octets;
}

Bytes slice(const Bytes& octets, std::size_t at, std::size_t length) {
    return {octets.begin() + static_cast<std::ptrdiff_t>(at),
            octets.begin() + static_cast<std::ptrdiff_t>(at + length)};
}

}  // namespace

TEST_CASE("Before raw ESP over IPv4 stands IP") {
    const OuterIp header(path("192.0.2.1", "192.0.2.2"), Encapsulation::kNone);
    const Bytes ip = slice(written(header, {.traffic_class = 0xb9, .dont_fragment = true}), 0, 20);
    CHECK(slice(ip, 0, 10) == Bytes{0x45, 0xb9, 0, 20 + kPayload, 0, 0, 0x40, 0, 64, 50});
    CHECK(slice(ip, 12, 8) == Bytes{192, 0, 2, 1, 192, 0, 2, 2});
    CHECK(checksum_finish(checksum_add(0, ip)) == 0);
    CHECK(header.length() == 20);
}

TEST_CASE("A packet that may be fragmented has an identification") {
    const OuterIp header(path("192.0.2.1", "192.0.2.2"), Encapsulation::kNone);
    const Bytes ip = slice(written(header, {.identification = 0xabcd}), 0, 20);
    CHECK(slice(ip, 4, 4) == Bytes{0xab, 0xcd, 0, 0});
    CHECK(checksum_finish(checksum_add(0, ip)) == 0);
}

TEST_CASE("The checksum of the outer header is right whatever the packet's own fields are") {
    const OuterIp header(path("255.255.255.254", "255.255.255.253"), Encapsulation::kNone);
    for (const int identification : {0x0000, 0x0001, 0x7fff, 0xba3d, 0xfffe, 0xffff}) {
        for (const int traffic_class : {0x00, 0x03, 0xff}) {
            for (const bool dont_fragment : {false, true}) {
                const Bytes ip = slice(written(header, {.traffic_class = static_cast<std::uint8_t>(traffic_class),
                                                        .dont_fragment = dont_fragment,

                                                        .identification = static_cast<std::uint16_t>(identification)}),
                                       0, 20);
                CHECK(checksum_finish(checksum_add(0, ip)) == 0);
            }
        }
    }
}

TEST_CASE("Before ESP in UDP over IPv4 the datagram has no checksum") {
    const OuterIp header(path("192.0.2.1", "192.0.2.2", 4500, 1024), Encapsulation::kUdp);
    const Bytes octets = written(header, {});
    CHECK(octets[9] == 17);
    CHECK(slice(octets, 20, 8) == Bytes{0x11, 0x94, 0x04, 0x00, 0, 8 + kPayload, 0, 0});
    CHECK(checksum_finish(checksum_add(0, slice(octets, 0, 20))) == 0);
}

TEST_CASE("Over IPv6 it has one, of pseudo-header, header and payload") {
    const OuterIp header(path("2001:db8::1", "2001:db8::2", 4500, 4500), Encapsulation::kUdp);
    const Bytes octets = written(header, {.traffic_class = 0x03});
    CHECK(slice(octets, 0, 8) == Bytes{0x60, 0x30, 0, 0, 0, 8 + kPayload, 17, 64});
    Bytes summed = slice(octets, 8, 32);  // RFC 8200 8.1
    const Bytes rest{0, 0, 0, 8 + kPayload, 0, 0, 0, 17};
    summed.insert(summed.end(), rest.begin(), rest.end());
    const Bytes datagram = slice(octets, 40, 8 + kPayload);
    summed.insert(summed.end(), datagram.begin(), datagram.end());
    CHECK((datagram[6] | datagram[7]) != 0);
    CHECK(checksum_finish(checksum_add(0, summed)) == 0);
}

TEST_CASE("Before raw ESP over IPv6 stands IP alone") {
    const OuterIp header(path("2001:db8::1", "2001:db8::2"), Encapsulation::kNone);
    const Bytes octets = written(header, {.traffic_class = 0xb8});
    CHECK(header.length() == 40);
    CHECK(slice(octets, 0, 8) == Bytes{0x6b, 0x80, 0, 0, 0, kPayload, 50, 64});
}

}  // namespace esplane::dataplane
