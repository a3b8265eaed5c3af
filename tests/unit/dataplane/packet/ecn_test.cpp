#include "dataplane/packet/ecn.h"

#include <catch2/catch.hpp>
#include <sstream>
#include <string>

#include "crypto/random.h"
#include "tests/unit/dataplane/packet/fragments.h"

namespace esplane::dataplane {
namespace {

constexpr Ecn kColumns[] = {Ecn::kNotEct, Ecn::kEct0, Ecn::kEct1, Ecn::kCe};

/// RFC 6040 figure 4, rows by inner and columns by outer field, without the signs for pairs that should not occur.
constexpr const char* kFigure4 =
    "Not-ECT  Not-ECT  Not-ECT  Not-ECT  <drop>\n"
    "ECT(0)   ECT(0)   ECT(0)   ECT(1)   CE\n"
    "ECT(1)   ECT(1)   ECT(1)   ECT(1)   CE\n"
    "CE       CE       CE       CE       CE\n";

std::string name(Ecn ecn) {
    switch (ecn) {
        case Ecn::kNotEct:
            return "Not-ECT";
        case Ecn::kEct0:
            return "ECT(0)";
        case Ecn::kEct1:
            return "ECT(1)";
        default:
            return "CE";
    }
}

std::string cell(const EcnOutcome& outcome) {
    return outcome.drop ? "<drop>" : name(outcome.inner);
}

TEST_CASE("RFC 6040 figure 4: all sixteen pairs") {
    std::istringstream figure(kFigure4);
    for (const Ecn inner : kColumns) {
        std::string expected;
        figure >> expected;
        REQUIRE(expected == name(inner));
        for (const Ecn outer : kColumns) {
            figure >> expected;
            INFO(name(inner) << " within " << name(outer));
            CHECK(cell(decapsulate_ecn(inner, outer)) == expected);
        }
    }
}

TEST_CASE("codepoints are those of RFC 3168") {
    CHECK(ecn_of(0xfc) == Ecn::kNotEct);
    CHECK(ecn_of(0x01) == Ecn::kEct1);
    CHECK(ecn_of(0xfe) == Ecn::kEct0);
    CHECK(ecn_of(0x03) == Ecn::kCe);
    CHECK(with_ecn(0xb8, Ecn::kCe) == 0xbb);
    CHECK(with_ecn(0xff, Ecn::kNotEct) == 0xfc);
    for (const Ecn ecn : kColumns)
        CHECK(encapsulate_ecn(ecn) == ecn);
}

TEST_CASE("a traffic class that is written is the one that is read, and nothing else changes") {
    constexpr std::uint64_t kSeed = 0xec4;
    crypto::SeededRandom random(kSeed);
    for (int round = 0; round < 2000; ++round) {
        INFO("seed " << kSeed << ", round " << round);
        const bool v4 = round % 2 == 0;
        Bytes packet = v4 ? test::ipv4(test::kV4, test::kV4Peer, 17, random.bytes(8), static_cast<std::uint16_t>(round))
                          : test::ipv6(test::kV6, test::kV6Peer, 17, random.bytes(8));
        const auto first = static_cast<std::uint8_t>(random.u32());
        const auto second = static_cast<std::uint8_t>(random.u32());
        set_traffic_class(packet, first);
        CHECK(traffic_class(packet) == first);
        if (v4) CHECK(test::ipv4_header_checksum_is_right(packet));
        Bytes other = packet;
        set_traffic_class(other, second);
        CHECK(traffic_class(other) == second);
        if (v4) CHECK(test::ipv4_header_checksum_is_right(other));
        set_traffic_class(other, first);
        CHECK(other == packet);
    }
}

TEST_CASE("an IPv6 traffic class lies between version and flow label") {
    Bytes packet = test::ipv6(test::kV6, test::kV6Peer, 17, {});
    store_be(packet.data(), std::uint32_t{0x6abfffff});
    CHECK(traffic_class(packet) == 0xab);
    set_traffic_class(packet, 0x54);
    CHECK(load_be<std::uint32_t>(packet.data()) == 0x654fffff);
}

TEST_CASE("a checksum that is wrong stays wrong") {
    Bytes packet = test::ipv4(test::kV4, test::kV4Peer, 17, {});
    packet[10] ^= 0x40;
    set_traffic_class(packet, 0xff);
    CHECK_FALSE(test::ipv4_header_checksum_is_right(packet));
}

TEST_CASE("the outer mark goes into the packet, its DSCP stays") {
    for (const bool v4 : {true, false}) {
        for (const Ecn inner : kColumns) {
            for (const Ecn outer : kColumns) {
                INFO((v4 ? "IPv4, " : "IPv6, ") << name(inner) << " within " << name(outer));
                Bytes packet = test::ip(v4 ? test::kV4 : test::kV6, v4 ? test::kV4Peer : test::kV6Peer, 17, {});
                set_traffic_class(packet, with_ecn(0xb8, inner));
                const Bytes before = packet;
                const EcnOutcome outcome = decapsulate_ecn(packet, outer);
                CHECK(cell(outcome) == cell(decapsulate_ecn(inner, outer)));
                CHECK(traffic_class(packet) == with_ecn(0xb8, outcome.inner));
                if (v4) CHECK(test::ipv4_header_checksum_is_right(packet));
                if (outcome.drop) CHECK(packet == before);
            }
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
