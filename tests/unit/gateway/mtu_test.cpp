#include "gateway/mtu.h"

#include <catch2/catch.hpp>

namespace esplane::gateway {
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
    bool natt;
    Encr encr;
    IntegId integ;
    std::uint32_t mtu;
};

constexpr Row kRows[] = {
    {"AWS gcm", 1500, Family::kIpv4, false, kGcm, IntegId::kNone, 1446},
    {"AWS gcm, NAT-T", 1500, Family::kIpv4, true, kGcm, IntegId::kNone, 1438},
    {"AWS cbc-sha256", 1500, Family::kIpv4, false, kCbc, IntegId::kHmacSha256_128, 1438},
    {"AWS cbc-sha256, NAT-T", 1500, Family::kIpv4, true, kCbc, IntegId::kHmacSha256_128, 1422},
    {"AWS cbc-sha384", 1500, Family::kIpv4, false, kCbc, IntegId::kHmacSha384_192, 1422},
    {"AWS cbc-sha384, NAT-T", 1500, Family::kIpv4, true, kCbc, IntegId::kHmacSha384_192, 1422},
    {"AWS cbc-sha512", 1500, Family::kIpv4, false, kCbc, IntegId::kHmacSha512_256, 1422},
    {"AWS cbc-sha512, NAT-T", 1500, Family::kIpv4, true, kCbc, IntegId::kHmacSha512_256, 1406},
    {"Google gcm", 1460, Family::kIpv4, false, kGcm, IntegId::kNone, 1406},
    {"Google cbc-sha256", 1460, Family::kIpv4, false, kCbc, IntegId::kHmacSha256_128, 1390},
    {"Google cbc-sha512", 1460, Family::kIpv4, false, kCbc, IntegId::kHmacSha512_256, 1374},
    {"Google gcm, IPv6 outside", 1460, Family::kIpv6, false, kGcm, IntegId::kNone, 1386},
    {"the least that carries anything", 56, Family::kIpv4, false, kGcm, IntegId::kNone, 2},
    {"one octet less", 55, Family::kIpv4, false, kGcm, IntegId::kNone, 0},
    {"nothing at all", 0, Family::kIpv6, true, kCbc, IntegId::kHmacSha512_256, 0},
};

TEST_CASE("inner MTU is what the cloud gateways document") {
    for (const Row& row : kRows) {
        INFO(row.whose);
        CHECK(inner_mtu(row.link, row.outer, row.natt, overhead(row.encr, row.integ)) == row.mtu);
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
            const std::uint32_t mtu = inner_mtu(link, Family::kIpv4, true, esp);
            REQUIRE(outer_size(mtu) <= link);
            REQUIRE(outer_size(mtu + 1) > link);
        }
    }
}

TunnelOptions tunnel(const char* remote, std::vector<const char*> prefixes) {
    TunnelOptions options;
    if (remote != nullptr) options.ike.remote_address = IpAddress::parse(remote);
    for (const char* prefix : prefixes)
        options.remote_prefixes.push_back(Prefix::parse(prefix).value());
    options.ike.esp_proposals.push_back({.encr = {kGcm}, .integ = {}, .dh = {}});
    return options;
}

TEST_CASE("auto assumes the worst that may be negotiated") {
    SECTION("UDP encapsulation") {
        CHECK(tunnel_sizes(tunnel("192.0.2.2", {"10.2.0.0/24"}), 1500) == TunnelSizes{1438, 1398, 1378});
    }
    SECTION("IPv6 outside") {
        CHECK(tunnel_sizes(tunnel("2001:db8::2", {"10.2.0.0/24"}), 1500).mtu == 1418);
    }
    SECTION("IPv6 outside when nobody has an address") {
        CHECK(tunnel_sizes(tunnel(nullptr, {"10.2.0.0/24"}), 1500).mtu == 1418);
    }
    SECTION("our family when the peer may be anywhere") {
        TunnelOptions options = tunnel(nullptr, {"10.2.0.0/24"});
        options.ike.local_address = IpAddress::parse("192.0.2.1");
        CHECK(tunnel_sizes(options, 1500).mtu == 1438);
    }
    SECTION("the longest of the offered suites, whatever their order") {
        TunnelOptions options = tunnel("192.0.2.2", {"10.2.0.0/24"});
        options.ike.esp_proposals.push_back({.encr = {kCbc}, .integ = {IntegId::kHmacSha512_256}, .dh = {}});
        CHECK(tunnel_sizes(options, 1500).mtu == 1406);
    }
    SECTION("IPv6 inside needs 1280, whatever the link") {
        CHECK(tunnel_sizes(tunnel("192.0.2.2", {"2001:db8:2::/64"}), 1300).mtu == 1280);
        CHECK(tunnel_sizes(tunnel("192.0.2.2", {"10.2.0.0/24"}), 1300).mtu == 1238);
        CHECK(tunnel_sizes(tunnel("192.0.2.2", {"10.2.0.0/24"}), 100).mtu == 576);
    }
}

TEST_CASE("written sizes win") {
    TunnelOptions options = tunnel("192.0.2.2", {"10.2.0.0/24"});
    options.mtu_bytes = 1400;
    CHECK(tunnel_sizes(options, 1500) == TunnelSizes{1400, 1360, 1340});
    options.mss_bytes = 1350;
    CHECK(tunnel_sizes(options, 1500) == TunnelSizes{1400, 1350, 1340});
    options.mss_bytes = 1200;
    CHECK(tunnel_sizes(options, 1500) == TunnelSizes{1400, 1200, 1200});
}

}  // namespace
}  // namespace esplane::gateway
