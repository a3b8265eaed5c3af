#include "dataplane/pipeline/policy_lookup.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::Drops;
using test::OutboundRig;

TEST_CASE("what fits no policy goes nowhere") {
    OutboundRig rig(test::child_options());
    const Bytes elsewhere = test::ipv4(address("10.1.0.1"), address("10.3.0.1"), 17, test::udp(1, 2, {}));
    const Bytes from_elsewhere = test::ipv4(address("10.4.0.1"), address("10.2.0.1"), 17, test::udp(1, 2, {}));
    CHECK(rig.run({elsewhere, from_elsewhere}).empty());
    CHECK(rig.run({test::outgoing_packet(20)}, ClearPort{8}).empty());
    CHECK(test::drops_of(rig.worker_drops) == Drops{{"no_policy", 3}});
    CHECK(test::drops_of(rig.tunnel.drops).empty());
    CHECK(rig.wanted == 0);
}

TEST_CASE("a tunnel that is down drops, is wanted, and counts it twice: for the worker and for itself") {
    OutboundRig rig(test::child_options());
    rig.tunnel.policies[0].sending = nullptr;
    CHECK(rig.run({test::outgoing_packet(20), test::outgoing_packet(20, Family::kIpv6)}).empty());
    CHECK(rig.wanted == 2);
    CHECK(test::drops_of(rig.worker_drops) == Drops{{"no_sa", 2}});
    CHECK(test::drops_of(rig.tunnel.drops) == Drops{{"no_sa", 2}});
}

TEST_CASE("what was negotiated may be less than the policy: the rest goes nowhere") {
    ChildOptions options = test::child_options();
    options.selectors.remote = {TrafficSelector::from_prefix(*Prefix::parse("10.2.0.0/24"))};
    OutboundRig rig(std::move(options));
    const Bytes inside = test::ipv4(address("10.1.0.1"), address("10.2.0.255"), 17, test::udp(1, 2, {}));
    const Bytes outside = test::ipv4(address("10.1.0.1"), address("10.2.1.0"), 17, test::udp(1, 2, {}));
    CHECK(rig.run({inside, outside, inside}).size() == 2);
    CHECK(test::drops_of(rig.tunnel.drops) == Drops{{"outside_selectors", 1}});
}

TEST_CASE("what is no IP packet goes nowhere") {
    OutboundRig rig(test::child_options());
    Bytes lying = test::outgoing_packet(20);
    store_be(lying.data() + 2, std::uint16_t{2000});
    CHECK(rig.run({{}, {0x45}, Bytes(40), lying, Bytes(60, 0xff)}).empty());
    CHECK(test::drops_of(rig.worker_drops) == Drops{{"malformed_inner", 5}});
}

TEST_CASE("a SYN is sealed with its MSS lowered") {
    TunnelPolicy policy = test::tunnel_policy();
    policy.mtu_bytes = 1240;
    const ChildOptions options = test::child_options();
    OutboundRig rig(test::copy_of(options), policy);
    const Bytes segment = test::tcp(test::kSyn, Bytes{2, 4, 0x05, 0xb4});
    Bytes v4 = test::ipv4(address("10.1.0.1"), address("10.2.0.1"), 6, segment);
    Bytes v6 = test::ipv6(address("2001:db8:1::1"), address("2001:db8:2::1"), 6, segment);
    test::set_tcp_checksum(v4, 20);
    test::set_tcp_checksum(v6, 40);
    const auto sealed = rig.run({v4, v6});
    REQUIRE(sealed.size() == 2);
    const std::size_t offsets[] = {20, 40};
    const std::uint16_t expected[] = {1200, 1180};
    for (std::size_t i = 0; i < 2; ++i) {
        auto text = test::open_with_openssl(options.key_out, i + 1, false, sealed[i]);
        REQUIRE(text);
        text->resize(i == 0 ? v4.size() : v6.size());
        CHECK(load_be<std::uint16_t>(text->data() + offsets[i] + 22) == expected[i]);
        CHECK(test::tcp_checksum_is_right(*text, offsets[i]));
    }
}

}  // namespace
}  // namespace esplane::dataplane
