// Checksums are judged by a sum of every octet, not by the functions that the generator uses.
#include "benchmarks/generate/stamper.h"

#include <catch2/catch.hpp>
#include <random>

#include "benchmarks/generate/probe_parser.h"
#include "dataplane/packet/checksum.h"
#include "tests/unit/benchmarks/generate/traffics.h"

namespace esplane::bench::generate {
namespace {

constexpr EthernetEnds kEnds{{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}};

std::uint32_t naive_sum(ByteView octets, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < octets.size(); ++i) {
        sum += i % 2 == 0 ? octets[i] << 8 : octets[i];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

bool are_checksums_right(ByteView frame, const Layout& layout) {
    const ByteView segment = frame.subspan(layout.transport_at);
    const ByteView addresses = frame.subspan(layout.source_at, std::size_t{2} * layout.address_length);
    const auto pseudo = static_cast<std::uint32_t>(layout.protocol + segment.size());
    const bool is_ip_right = !layout.is_ipv4 || naive_sum(frame.subspan(kEthernetHeader, 20)) == 0xffff;
    return is_ip_right && naive_sum(segment, naive_sum(addresses, pseudo)) == 0xffff;
}

Bytes stamped(const Stamper& stamper, const Stamp& stamp) {
    Bytes frame(stamper.longest());
    frame.resize(stamper.stamp(frame.data(), stamp));
    return frame;
}

TEST_CASE("any stamp gives a frame with right lengths and checksums, and is read again") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    for (const Family family : test::kFamilies) {
        for (const Transport transport : test::kTransports) {
            for (const char* size : {"76", "1419", "9000", "imix"}) {
                const Traffic traffic = test::traffic(family, transport, size, 50);
                const Stamper stamper(traffic, kEnds);
                const ProbeParser parser(traffic);
                for (int i = 0; i < 200; ++i) {
                    const Stamp stamp{.flow = static_cast<std::uint32_t>(random() % 50),
                                      .sequence = static_cast<std::uint32_t>(random()),
                                      .time = random()};
                    const Bytes frame = stamped(stamper, stamp);
                    CAPTURE(int(family), int(transport), size, stamp.flow, stamp.sequence, stamp.time);
                    REQUIRE(frame.size() == kEthernetHeader + packet_length(traffic, stamp.flow, stamp.sequence));
                    REQUIRE(are_checksums_right(frame, {family, transport}));
                    Stamp read;
                    REQUIRE(parser.parse(frame, read) == Recognition::kOurs);
                    REQUIRE(read.flow == stamp.flow);
                    REQUIRE(read.sequence == stamp.sequence);
                    REQUIRE(read.time == stamp.time);
                }
            }
        }
    }
}

TEST_CASE("a frame goes from one hop to the next, between the hosts of its flow") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kTcp, "64", 6);
    const Bytes frame =
        stamped(Stamper(traffic, kEnds), {.flow = 4, .sequence = 0x01020304, .time = 0x05060708090a0b0c});
    CHECK(to_hex(ByteView(frame).first(14)) == "0200000000020200000000010800");
    CHECK(to_hex(ByteView(frame).subspan(14 + 12, 8)) == "0a0100020a800109");
    CHECK(to_hex(ByteView(frame).subspan(14 + 20, 4)) == "04000009");
    CHECK(to_hex(ByteView(frame).subspan(14 + 40, 16)) ==
          "00000004"
          "01020304"
          "05060708090a0b0c");
}

TEST_CASE("a UDP checksum that would be zero is written as all ones") {
    for (const Family family : test::kFamilies) {
        const Stamper stamper(test::traffic(family, Transport::kUdp), kEnds);
        const Layout layout(family, Transport::kUdp);
        const Bytes frame = stamped(stamper, {});
        const std::uint64_t missing = load_be<std::uint16_t>(frame.data() + layout.checksum_at);
        const Bytes full = stamped(stamper, {.time = missing});
        CHECK(load_be<std::uint16_t>(full.data() + layout.checksum_at) == 0xffff);
        CHECK(are_checksums_right(full, layout));
    }
}

TEST_CASE("of any flipped bit, only those that a router may change go unnoticed") {
    for (const Family family : test::kFamilies) {
        for (const Transport transport : test::kTransports) {
            const Traffic traffic = test::traffic(family, transport, "80", 6);
            const Layout layout(family, transport);
            const ProbeParser parser(traffic);
            Bytes frame = stamped(Stamper(traffic, kEnds), {.flow = 3, .sequence = 7, .time = 1234567});
            for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
                const std::size_t octet = bit / 8;
                CAPTURE(int(family), int(transport), octet, bit % 8);
                frame[octet] ^= 1 << bit % 8;
                Stamp stamp;
                const Recognition recognition = parser.parse(frame, stamp);
                const bool is_mac = octet < kEtherTypeAt;
                // Traffic class and flow label, hop limit: nothing covers them.
                const bool is_uncovered = !layout.is_ipv4 && octet >= kEthernetHeader && octet < kEthernetHeader + 8 &&
                                          recognition == Recognition::kOurs && octet != kEthernetHeader + 4 &&
                                          octet != kEthernetHeader + 5 && octet != kEthernetHeader + 6;
                if (is_mac || is_uncovered) {
                    CHECK(recognition == Recognition::kOurs);
                } else {
                    CHECK(recognition != Recognition::kOurs);
                }
                const bool is_after_flow = octet >= layout.probe_at + kProbeSequenceAt;
                if (is_after_flow) CHECK(recognition == Recognition::kDamaged);
                frame[octet] ^= 1 << bit % 8;
            }
        }
    }
}

TEST_CASE("what a router does leaves a frame whole") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp, "44");
    const ProbeParser parser(traffic);
    Bytes frame = stamped(Stamper(traffic, kEnds), {.sequence = 7});
    std::uint8_t* const packet = frame.data() + kEthernetHeader;
    const auto before = load_be<std::uint16_t>(packet + 8);
    packet[8] -= 1;
    store_be(packet + 10, dataplane::checksum_update(load_be<std::uint16_t>(packet + 10), before,
                                                     load_be<std::uint16_t>(packet + 8)));
    frame.resize(60);  // the shortest that Ethernet carries
    Stamp stamp;
    CHECK(parser.parse(frame, stamp) == Recognition::kOurs);
    CHECK(stamp.sequence == 7);
}

TEST_CASE("no octets that are not ours are ours, however few") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp, "64", 6);
    const ProbeParser parser(traffic);
    const Bytes frame = stamped(Stamper(traffic, kEnds), {.flow = 3});
    Stamp stamp;
    for (std::size_t length = 0; length < frame.size(); ++length) {
        CAPTURE(length);
        const Bytes cut(frame.begin(), frame.begin() + length);
        const bool has_probe = length >= kEthernetHeader + 44;
        CHECK(parser.parse(cut, stamp) == (has_probe ? Recognition::kDamaged : Recognition::kForeign));
    }
    // Another traffic's, of which this one has no such flow.
    const Traffic other = test::traffic(Family::kIpv4, Transport::kUdp, "64", 60);
    CHECK(parser.parse(stamped(Stamper(other, kEnds), {.flow = 59}), stamp) == Recognition::kForeign);
    const Traffic tcp = test::traffic(Family::kIpv4, Transport::kTcp, "64", 6);
    CHECK(parser.parse(stamped(Stamper(tcp, kEnds), {.flow = 3}), stamp) == Recognition::kForeign);
}

}  // namespace
}  // namespace esplane::bench::generate
