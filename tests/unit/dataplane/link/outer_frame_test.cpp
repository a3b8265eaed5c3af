#include "dataplane/link/outer_frame.h"

#include <catch2/catch.hpp>
#include <vector>

#include "dataplane/packet/checksum.h"

namespace esplane::dataplane {
namespace {

constexpr MacAddress kFrom{{2, 0, 0, 0, 0, 1}};
constexpr MacAddress kTo{{2, 0, 0, 0, 0, 2}};
constexpr std::size_t kPayload = 52;

Path path(const char* local, const char* remote, std::uint16_t local_port = 0, std::uint16_t remote_port = 0) {
    return {{IpAddress::parse(local).value(), local_port}, {IpAddress::parse(remote).value(), remote_port}};
}

/// What is written before a payload of kPayload octets, and that payload.
Bytes written(const OuterFrame& frame, OuterFrame::Fields fields) {
    fields.payload_bytes = kPayload;
    Bytes octets(OuterFrame::kLongest + kPayload);
    for (std::size_t i = 0; i < kPayload; ++i)
        octets[OuterFrame::kLongest + i] = static_cast<std::uint8_t>(i * 7 + 3);
    frame.write(fields, octets.data() + OuterFrame::kLongest);
    octets.erase(octets.begin(), octets.begin() + (OuterFrame::kLongest - frame.length()));
    return octets;
}

Bytes slice(const Bytes& octets, std::size_t at, std::size_t length) {
    return {octets.begin() + static_cast<std::ptrdiff_t>(at),
            octets.begin() + static_cast<std::ptrdiff_t>(at + length)};
}

}  // namespace

TEST_CASE("Before raw ESP over IPv4 stand Ethernet and IP") {
    const OuterFrame frame(path("192.0.2.1", "192.0.2.2"), Encapsulation::kNone, kFrom, kTo, std::nullopt);
    const Bytes octets = written(frame, {.traffic_class = 0xb9, .dont_fragment = true});
    CHECK(slice(octets, 0, 14) == Bytes{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00});
    const Bytes ip = slice(octets, 14, 20);
    CHECK(slice(ip, 0, 10) == Bytes{0x45, 0xb9, 0, 20 + kPayload, 0, 0, 0x40, 0, 64, 50});
    CHECK(slice(ip, 12, 8) == Bytes{192, 0, 2, 1, 192, 0, 2, 2});
    CHECK(checksum_finish(checksum_add(0, ip)) == 0);
    CHECK(frame.length() == 34);
    CHECK(frame.ip_length() == 20);
}

TEST_CASE("A packet that may be fragmented has an identification") {
    const OuterFrame frame(path("192.0.2.1", "192.0.2.2"), Encapsulation::kNone, kFrom, kTo, std::nullopt);
    const Bytes ip = slice(written(frame, {.identification = 0xabcd}), 14, 20);
    CHECK(slice(ip, 4, 4) == Bytes{0xab, 0xcd, 0, 0});
    CHECK(checksum_finish(checksum_add(0, ip)) == 0);
}

TEST_CASE("Before ESP in UDP over IPv4 the datagram has no checksum") {
    const OuterFrame frame(path("192.0.2.1", "192.0.2.2", 4500, 1024), Encapsulation::kUdp, kFrom, kTo, 7);
    const Bytes octets = written(frame, {});
    CHECK(slice(octets, 12, 6) == Bytes{0x81, 0x00, 0, 7, 0x08, 0x00});
    CHECK(octets[18 + 9] == 17);
    CHECK(slice(octets, 38, 8) == Bytes{0x11, 0x94, 0x04, 0x00, 0, 8 + kPayload, 0, 0});
    CHECK(checksum_finish(checksum_add(0, slice(octets, 18, 20))) == 0);
}

TEST_CASE("Over IPv6 it has one, of pseudo-header, header and payload") {
    const OuterFrame frame(path("2001:db8::1", "2001:db8::2", 4500, 4500), Encapsulation::kUdp, kFrom, kTo,
                           std::nullopt);
    const Bytes octets = written(frame, {.traffic_class = 0x03});
    CHECK(slice(octets, 12, 2) == Bytes{0x86, 0xdd});
    CHECK(slice(octets, 14, 8) == Bytes{0x60, 0x30, 0, 0, 0, 8 + kPayload, 17, 64});
    Bytes summed = slice(octets, 22, 32);  // RFC 8200 8.1
    const Bytes rest{0, 0, 0, 8 + kPayload, 0, 0, 0, 17};
    summed.insert(summed.end(), rest.begin(), rest.end());
    const Bytes datagram = slice(octets, 54, 8 + kPayload);
    summed.insert(summed.end(), datagram.begin(), datagram.end());
    CHECK((datagram[6] | datagram[7]) != 0);
    CHECK(checksum_finish(checksum_add(0, summed)) == 0);
}

}  // namespace esplane::dataplane
