#include "dataplane/packet/icmp_report.h"

#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "dataplane/packet/icmp_too_big.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::filler;

constexpr std::uint8_t kEsp = 50;
constexpr Spi kSpi{0xc0ffee01};
const IpAddress kOurs4 = address("203.0.113.1");
const IpAddress kPeers4 = address("198.51.100.7");
const IpAddress kOurs6 = address("2001:db8:1::1");
const IpAddress kPeers6 = address("2001:db8:2::1");

Bytes esp(std::size_t payload = 64) {
    Bytes octets(8);
    store_be(octets.data(), to_number(kSpi));
    append(octets, filler(payload));
    return octets;
}

Bytes outer(Family family, std::uint8_t protocol, ByteView payload) {
    return family == Family::kIpv4 ? test::ipv4(kOurs4, kPeers4, protocol, payload, 0x4000)
                                   : test::ipv6(kOurs6, kPeers6, protocol, payload);
}

/// What a router on the way says of an outer packet; quoted as far as it likes.
Bytes report_on(ByteView packet, std::uint32_t mtu, std::size_t quoted = 10'000) {
    const bool v4 = packet[0] >> 4 == 4;
    Bytes icmp(8);
    icmp[0] = v4 ? 3 : 2;
    icmp[1] = v4 ? 4 : 0;
    store_be(icmp.data() + 4, mtu);
    append(icmp, packet.first(std::min(quoted, packet.size())));
    const IpAddress router = v4 ? address("192.0.2.9") : address("2001:db8:9::9");
    Bytes message = test::ip(router, v4 ? kOurs4 : kOurs6, v4 ? 1 : 58, icmp);
    const std::size_t at = v4 ? 20 : 40;
    std::uint64_t pseudo = 0;
    if (!v4) pseudo = test::checksum_residue(ByteView(message).subspan(8, 32)) + icmp.size() + 58;
    store_be(message.data() + at + 2,
             static_cast<std::uint16_t>(65535 - test::checksum_residue(ByteView(message).subspan(at), pseudo)));
    return message;
}

std::optional<TooBigReport> parse_exactly(ByteView packet) {
    return parse_too_big(test::Exactly(packet).view());
}

TEST_CASE("a report on an ESP packet: addresses, SPI and MTU") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        INFO("IPv" << static_cast<int>(family));
        Bytes message = report_on(outer(family, kEsp, esp(1400)), 1400, 100);
        append(message, filler(3));
        const auto report = parse_exactly(message);
        REQUIRE(report);
        const bool v4 = family == Family::kIpv4;
        CHECK(report->outer == Path{{v4 ? kOurs4 : kOurs6, 0}, {v4 ? kPeers4 : kPeers6, 0}});
        CHECK(report->encapsulation == Encapsulation::kNone);
        CHECK(report->spi == kSpi);
        CHECK(report->mtu_bytes == 1400);
        CHECK(report->quoted_bytes == (v4 ? 1428 : 1448));
    }
}

TEST_CASE("a report on ESP in UDP has ports, and the SPI if the quote reaches it") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        INFO("IPv" << static_cast<int>(family));
        const std::size_t header = family == Family::kIpv4 ? 20 : 40;
        const Bytes packet = outer(family, 17, test::udp(4500, 61000, esp()));
        for (std::size_t quoted = header + 8; quoted < header + 20; ++quoted) {
            const auto report = parse_exactly(report_on(packet, 1300, quoted));
            REQUIRE(report);
            CHECK(report->encapsulation == Encapsulation::kUdp);
            CHECK(report->outer.local.port == 4500);
            CHECK(report->outer.remote.port == 61000);
            CHECK(report->spi.has_value() == (quoted >= header + 12));
            if (report->spi) CHECK(report->spi == kSpi);
        }
        // IKE: no SPI, whatever follows the marker.
        const auto ike = parse_exactly(report_on(outer(family, 17, test::udp(4500, 4500, Bytes(40))), 1300));
        REQUIRE(ike);
        CHECK_FALSE(ike->spi);
    }
}

TEST_CASE("the kernel's fragments of outer packets: the first one tells the SPI") {
    Bytes first(8);
    first[0] = kEsp;
    first[3] = 1;
    append(first, esp());
    CHECK(parse_exactly(report_on(outer(Family::kIpv6, 44, first), 1300))->spi == kSpi);
    first[3] = 0x11;
    CHECK_FALSE(parse_exactly(report_on(outer(Family::kIpv6, 44, first), 1300)));
    CHECK(parse_exactly(report_on(test::ipv4(kOurs4, kPeers4, kEsp, esp(), 0x2000), 1300))->spi == kSpi);
    CHECK_FALSE(parse_exactly(report_on(test::ipv4(kOurs4, kPeers4, kEsp, esp(), 0x0010), 1300)));
    CHECK(parse_exactly(report_on(test::ipv4(kOurs4, kPeers4, kEsp, esp(), 0, Bytes(40, 1)), 1300))->spi == kSpi);
}

TEST_CASE("what is no report on ESP is nothing") {
    const auto is_nothing = [](ByteView packet) { return !parse_exactly(packet).has_value(); };
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const std::size_t at = family == Family::kIpv4 ? 20 : 40;
        const Bytes good = report_on(outer(family, kEsp, esp()), 1300);
        INFO("IPv" << static_cast<int>(family));
        REQUIRE_FALSE(is_nothing(good));
        CHECK(is_nothing(report_on(outer(family, 6, esp()), 1300)));
        CHECK(is_nothing(report_on(outer(family, kEsp, Bytes(64)), 1300)));  // SPI 0
        CHECK(is_nothing(outer(family, kEsp, esp())));
        // Every bit of message, header of the quote and quote is under the checksum, IPv6's addresses, too.
        for (std::size_t i = family == Family::kIpv4 ? at : 8; i < good.size(); ++i) {
            Bytes broken = good;
            broken[i] ^= 0x10;
            CHECK(is_nothing(broken));
        }
    }
    const Bytes other_family = report_on(outer(Family::kIpv6, kEsp, esp()), 1300);
    CHECK_FALSE(parse_too_big_message(Family::kIpv4, ByteView(other_family).subspan(40)));
}

TEST_CASE("type and code") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const Bytes packet = report_on(outer(family, kEsp, esp()), 1300);
        Bytes message(packet.begin() + (family == Family::kIpv4 ? 20 : 40), packet.end());
        for (int type = 0; type < 256; ++type) {
            for (int code = 0; code < 8; ++code) {
                message[0] = static_cast<std::uint8_t>(type);
                message[1] = static_cast<std::uint8_t>(code);
                INFO("IPv" << static_cast<int>(family) << ", type " << type << ", code " << code);
                const bool expected = family == Family::kIpv4 ? type == 3 && code == 4 : type == 2;
                CHECK(parse_too_big_message(family, message).has_value() == expected);
            }
        }
    }
}

TEST_CASE("a report cut off anywhere is nothing, and nothing beyond it is read") {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const std::size_t header = family == Family::kIpv4 ? 20 : 40;
        for (const Bytes& packet : {outer(family, kEsp, esp()), outer(family, 17, test::udp(4500, 4500, esp()))}) {
            for (std::size_t quoted = 0; quoted < packet.size(); ++quoted) {
                INFO("IPv" << static_cast<int>(family) << ", " << quoted << " octets quoted");
                CHECK(parse_exactly(report_on(packet, 1300, quoted)).has_value() == (quoted >= header + 8));
            }
            const Bytes whole = report_on(packet, 1300);
            for (std::size_t length = 0; length < whole.size(); ++length)
                CHECK_FALSE(parse_exactly(ByteView(whole).first(length)));
            for (std::size_t length = 0; length + header < whole.size(); ++length) {
                const test::Exactly message(ByteView(whole).subspan(header, length));
                CHECK(parse_too_big_message(family, message.view()).has_value() == (length >= 8 + header + 8));
            }
        }
    }
}

TEST_CASE("random messages are read within their bounds") {
    constexpr std::uint64_t kSeed = 0x1c39;
    crypto::SeededRandom random(kSeed);
    for (int round = 0; round < 5000; ++round) {
        INFO("seed " << kSeed << ", round " << round);
        const bool v4 = round % 2 == 0;
        Bytes message = random.bytes(9 + random.below(90));
        message[0] = v4 ? 3 : 2;
        message[1] = 4;
        message[8] = static_cast<std::uint8_t>(v4 ? 0x40 | message[8] % 16 : 0x60);
        if (message.size() > 17) message[v4 ? 17 : 14] = random.below(2) == 0 ? kEsp : 17;
        const test::Exactly exact(message);
        const auto report = parse_too_big_message(v4 ? Family::kIpv4 : Family::kIpv6, exact.view());
        if (report) CHECK(report->outer.local.address.family() == (v4 ? Family::kIpv4 : Family::kIpv6));
    }
}

TEST_CASE("what we build, we read") {
    Bytes out(kLongestIcmpError);
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const Bytes packet = outer(family, kEsp, esp(1400));
        const IpAddress router = family == Family::kIpv4 ? address("192.0.2.9") : address("2001:db8:9::9");
        const std::size_t length = build_too_big(*parse_inner(packet), packet, router, 1333, out);
        const auto report = parse_exactly(ByteView(out).first(length));
        REQUIRE(report);
        CHECK(report->spi == kSpi);
        CHECK(report->mtu_bytes == 1333);
    }
}

}  // namespace
}  // namespace esplane::dataplane
