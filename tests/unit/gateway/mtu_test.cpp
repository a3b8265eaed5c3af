#include "gateway/mtu.h"

#include <catch2/catch.hpp>

namespace esplane::gateway {
namespace {

using crypto::Encr;
using crypto::EncrId;
using crypto::IntegId;
using dataplane::InnerSizes;

constexpr Encr kGcm{EncrId::kAesGcm16, 256};
constexpr Encr kCbc{EncrId::kAesCbc, 256};

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
        CHECK(sizes_beforehand(tunnel("192.0.2.2", {"10.2.0.0/24"}), 1500) == InnerSizes{1438, 1398, 1378});
    }
    SECTION("IPv6 outside") {
        CHECK(sizes_beforehand(tunnel("2001:db8::2", {"10.2.0.0/24"}), 1500).mtu == 1418);
    }
    SECTION("IPv6 outside when nobody has an address") {
        CHECK(sizes_beforehand(tunnel(nullptr, {"10.2.0.0/24"}), 1500).mtu == 1418);
    }
    SECTION("our family when the peer may be anywhere") {
        TunnelOptions options = tunnel(nullptr, {"10.2.0.0/24"});
        options.ike.local_address = IpAddress::parse("192.0.2.1");
        CHECK(sizes_beforehand(options, 1500).mtu == 1438);
    }
    SECTION("the longest of the offered suites, whatever their order") {
        TunnelOptions options = tunnel("192.0.2.2", {"10.2.0.0/24"});
        options.ike.esp_proposals.push_back({.encr = {kCbc}, .integ = {IntegId::kHmacSha512_256}, .dh = {}});
        CHECK(sizes_beforehand(options, 1500).mtu == 1406);
    }
    SECTION("IPv6 inside needs 1280, whatever the link") {
        CHECK(sizes_beforehand(tunnel("192.0.2.2", {"2001:db8:2::/64"}), 1300).mtu == 1280);
        CHECK(sizes_beforehand(tunnel("192.0.2.2", {"10.2.0.0/24"}), 1300).mtu == 1238);
        CHECK(sizes_beforehand(tunnel("192.0.2.2", {"10.2.0.0/24"}), 100).mtu == 576);
    }
}

TEST_CASE("written sizes win") {
    TunnelOptions options = tunnel("192.0.2.2", {"10.2.0.0/24"});
    options.mtu_bytes = 1400;
    CHECK(sizes_beforehand(options, 1500) == InnerSizes{1400, 1360, 1340});
    options.mss_bytes = 1350;
    CHECK(sizes_beforehand(options, 1500) == InnerSizes{1400, 1350, 1340});
    options.mss_bytes = 1200;
    CHECK(sizes_beforehand(options, 1500) == InnerSizes{1400, 1200, 1200});
}

TEST_CASE("routes carry what fits, and all where the data plane is to decide") {
    const TunnelOptions v4 = tunnel("192.0.2.2", {"10.2.0.0/24"});
    CHECK(route_mtu(v4, 1446) == 1446);
    CHECK(route_mtu(v4, 1200) == 1200);
    CHECK(route_mtu(v4, 100) == 576);
    for (const auto policy : {dataplane::FragmentPolicy::kAfter, dataplane::FragmentPolicy::kNever}) {
        TunnelOptions options = v4;
        options.fragment = policy;
        CHECK(route_mtu(options, 1446) == 65535);
    }
    TunnelOptions cleared = v4;
    cleared.df = dataplane::DfPolicy::kClear;
    CHECK(route_mtu(cleared, 1446) == 65535);
    TunnelOptions transport = v4;
    transport.ike.mode = dataplane::Mode::kTransport;
    CHECK(route_mtu(transport, 1446) == 65535);
}

}  // namespace
}  // namespace esplane::gateway
