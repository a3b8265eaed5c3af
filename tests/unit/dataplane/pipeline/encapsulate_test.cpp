#include <catch2/catch.hpp>

#include "dataplane/packet/traffic_class.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::OutboundRig;

constexpr std::uint16_t kDf = 0x4000;

Bytes packet(Family family, std::uint16_t fragment, std::size_t length, std::uint8_t tos = 0) {
    Bytes made = family == Family::kIpv4
                     ? test::ipv4(address("10.1.0.9"), address("10.2.0.9"), 253, test::filler(length - 20), fragment)
                     : test::ipv6(address("2001:db8:1::9"), address("2001:db8:2::9"), 253, test::filler(length - 40));
    set_traffic_class(made, tos);
    return made;
}

TEST_CASE("DF of the outer header: copied, set or cleared") {
    struct Case {
        DfPolicy policy;
        Family family;
        std::uint16_t inner;
        bool outer;
    };
    for (const Case& c :
         {Case{DfPolicy::kCopy, Family::kIpv4, kDf, true}, Case{DfPolicy::kCopy, Family::kIpv4, 0, false},
          Case{DfPolicy::kCopy, Family::kIpv6, 0, true}, Case{DfPolicy::kSet, Family::kIpv4, 0, true},
          Case{DfPolicy::kSet, Family::kIpv4, kDf, true}, Case{DfPolicy::kClear, Family::kIpv4, kDf, false},
          Case{DfPolicy::kClear, Family::kIpv6, 0, false}}) {
        INFO("policy " << int(c.policy) << ", inner DF " << c.inner << ", IPv6 " << (c.family == Family::kIpv6));
        TunnelPolicy policy = test::tunnel_policy();
        policy.df = c.policy;
        OutboundRig rig(test::child_options(), policy);
        REQUIRE(rig.run({packet(c.family, c.inner, 100)}).size() == 1);
        CHECK(rig.sealed[0].dont_fragment == c.outer);
    }
}

TEST_CASE("no DF on what does not fit the path all the same, or it would be lost") {
    TunnelPolicy policy = test::tunnel_policy();
    policy.mtu_bytes = 0;
    policy.link_mtu_bytes = 1280;
    policy.df = DfPolicy::kSet;
    OutboundRig rig(test::child_options(), policy);
    // 1280 octets of IPv6 always go (RFC 8200 5).
    REQUIRE(rig.run({packet(Family::kIpv6, 0, 1280), packet(Family::kIpv6, 0, 1200)}).size() == 2);
    CHECK_FALSE(rig.sealed[0].dont_fragment);
    CHECK(rig.sealed[1].dont_fragment);
}

TEST_CASE("DSCP copied, fixed or zero; ECN copied always") {
    struct Case {
        DscpPolicy policy;
        std::uint8_t inner, outer;
    };
    for (const Case& c : {Case{DscpPolicy::copy(), 0xb9, 0xb9}, Case{DscpPolicy::fixed(46), 0x03, 0xbb},
                          Case{DscpPolicy::zero(), 0xff, 0x03}, Case{DscpPolicy::zero(), 0xfc, 0x00}}) {
        for (const Family family : {Family::kIpv4, Family::kIpv6}) {
            TunnelPolicy policy = test::tunnel_policy();
            policy.dscp = c.policy;
            OutboundRig rig(test::child_options(), policy);
            REQUIRE(rig.run({packet(family, 0, 100, c.inner)}).size() == 1);
            CHECK(rig.sealed[0].traffic_class == c.outer);
        }
    }
}

TEST_CASE("TFC padding makes all packets of one length, and the peer takes it off") {
    for (const bool accepted : {true, false}) {
        TunnelPolicy policy = test::tunnel_policy();
        policy.mtu_bytes = 1400;
        policy.pad_to_mtu = true;
        ChildOptions options = test::child_options();
        options.tfc_accepted = accepted;
        OutboundRig rig(test::copy_of(options), policy);
        test::InboundRig peer(test::mirrored(options));
        const std::vector<Bytes> packets{packet(Family::kIpv4, 0, 20), packet(Family::kIpv6, 0, 41),
                                         packet(Family::kIpv4, 0, 1399), packet(Family::kIpv4, 0, 1400)};
        const auto sealed = rig.run(packets);
        REQUIRE(sealed.size() == packets.size());
        for (const Bytes& one : sealed)
            CHECK((one.size() == sealed.back().size()) == (accepted || &one >= &sealed[2]));
        CHECK(peer.run(sealed) == packets);
        CHECK(rig.child.out.volume.bytes.read() == 20 + 41 + 1399 + 1400);
    }
}

TEST_CASE("a CHILD_SA that has carried all that it may carries nothing more, in either direction") {
    ChildOptions options = test::child_options();
    options.limits = {.hard_packets = 3};
    OutboundRig rig(test::copy_of(options));
    test::InboundRig in(test::mirrored(options));
    const Bytes one = packet(Family::kIpv4, 0, 100);
    CHECK(rig.run({one, one, one, one, one}).size() == 3);
    CHECK(test::drops_of(rig.child.drops) == test::Drops{{"lifetime_over", 2}});
    options.limits = {};
    OutboundRig endless(test::copy_of(options));
    CHECK(in.run(endless.run({one, one})).size() == 2);
    CHECK(in.run(endless.run({one})).size() == 1);
    CHECK(in.run(endless.run({one})).empty());
    CHECK(test::drops_of(in.child.drops) == test::Drops{{"lifetime_over", 1}});
}

}  // namespace
}  // namespace esplane::dataplane
