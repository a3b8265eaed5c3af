#include "dataplane/sa/inner_sizes.h"

#include <catch2/catch.hpp>

namespace esplane::dataplane {
namespace {

using crypto::Encr;
using crypto::EncrId;
using crypto::IntegId;

constexpr Encr kGcm{EncrId::kAesGcm16, 256};
constexpr Encr kCbc{EncrId::kAesCbc, 256};

struct Row {
    const char* whose;
    std::uint32_t link;
    Family outer;
    Encapsulation encapsulation;
    Encr encr;
    IntegId integ;
    std::uint32_t mtu;
};

constexpr Row kRows[] = {
    {"AWS gcm", 1500, Family::kIpv4, Encapsulation::kNone, kGcm, IntegId::kNone, 1446},
    {"AWS gcm, NAT-T", 1500, Family::kIpv4, Encapsulation::kUdp, kGcm, IntegId::kNone, 1438},
    {"AWS cbc-sha256", 1500, Family::kIpv4, Encapsulation::kNone, kCbc, IntegId::kHmacSha256_128, 1438},
    {"AWS cbc-sha256, NAT-T", 1500, Family::kIpv4, Encapsulation::kUdp, kCbc, IntegId::kHmacSha256_128, 1422},
    {"AWS cbc-sha384", 1500, Family::kIpv4, Encapsulation::kNone, kCbc, IntegId::kHmacSha384_192, 1422},
    {"AWS cbc-sha384, NAT-T", 1500, Family::kIpv4, Encapsulation::kUdp, kCbc, IntegId::kHmacSha384_192, 1422},
    {"AWS cbc-sha512", 1500, Family::kIpv4, Encapsulation::kNone, kCbc, IntegId::kHmacSha512_256, 1422},
    {"AWS cbc-sha512, NAT-T", 1500, Family::kIpv4, Encapsulation::kUdp, kCbc, IntegId::kHmacSha512_256, 1406},
    {"Google gcm", 1460, Family::kIpv4, Encapsulation::kNone, kGcm, IntegId::kNone, 1406},
    {"Google cbc-sha256", 1460, Family::kIpv4, Encapsulation::kNone, kCbc, IntegId::kHmacSha256_128, 1390},
    {"Google cbc-sha512", 1460, Family::kIpv4, Encapsulation::kNone, kCbc, IntegId::kHmacSha512_256, 1374},
    {"Google gcm, IPv6 outside", 1460, Family::kIpv6, Encapsulation::kNone, kGcm, IntegId::kNone, 1386},
    {"the least that carries anything", 56, Family::kIpv4, Encapsulation::kNone, kGcm, IntegId::kNone, 2},
    {"one octet less", 55, Family::kIpv4, Encapsulation::kNone, kGcm, IntegId::kNone, 0},
    {"nothing at all", 0, Family::kIpv6, Encapsulation::kUdp, kCbc, IntegId::kHmacSha512_256, 0},
};

TEST_CASE("inner MTU is what the cloud gateways document") {
    for (const Row& row : kRows) {
        INFO(row.whose);
        CHECK(inner_mtu(row.link, {overhead(row.encr, row.integ), row.outer, row.encapsulation}) == row.mtu);
    }
}

TEST_CASE("an inner packet of the MTU fits the link exactly, and one octet more does not") {
    for (const Encr encr : {kGcm, kCbc}) {
        const EspOverhead esp = overhead(encr, encr.id == EncrId::kAesCbc ? IntegId::kHmacSha256_128 : IntegId::kNone);
        for (std::uint32_t link = 576; link <= 1500; ++link) {
            const auto outer_size = [&](std::uint32_t inner) {
                const std::uint32_t padded = (inner + 2 + esp.alignment - 1) / esp.alignment * esp.alignment;
                return 20 + 8 + 8 + esp.iv + padded + esp.icv;
            };
            const std::uint32_t mtu = inner_mtu(link, {esp, Family::kIpv4, Encapsulation::kUdp});
            REQUIRE(outer_size(mtu) <= link);
            REQUIRE(outer_size(mtu + 1) > link);
        }
    }
}

TEST_CASE("in transport mode the IP header is within the path's MTU, and so within the packet's") {
    const EspOverhead gcm = overhead(kGcm, IntegId::kNone);
    // Tunnel mode's 1446, and the 20 octets that stand for themselves.
    CHECK(inner_mtu(1500, {gcm, Family::kIpv4, Encapsulation::kNone, Mode::kTransport}) == 1466);
    CHECK(inner_mtu(1500, {gcm, Family::kIpv6, Encapsulation::kNone, Mode::kTransport}) == 1466);
}

TEST_CASE("MSS from the MTU, or as written and never above the MTU of IPv6") {
    CHECK(inner_sizes(1446, 0) == InnerSizes{1446, 1406, 1386});
    CHECK(inner_sizes(1400, 1350) == InnerSizes{1400, 1350, 1340});
    CHECK(inner_sizes(1400, 1200) == InnerSizes{1400, 1200, 1200});
    CHECK(inner_sizes(65535, 0) == InnerSizes{65535, 65495, 65475});
    CHECK(inner_sizes(40, 0) == InnerSizes{40, 1, 1});
}

}  // namespace
}  // namespace esplane::dataplane
