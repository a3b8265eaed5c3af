// What a worker tells besides forwarding: senders whose packets are too big, the control thread of limits and sizes,
// the operator of each packet that was lost.
#include <catch2/catch.hpp>

#include "dataplane/packet/checksum.h"
#include "tests/unit/dataplane/support/packets.h"
#include "tests/unit/dataplane/worker/bench.h"

namespace esplane::dataplane {
namespace {

using test::address;
using test::Bench;
using test::Drops;

TunnelPolicy small_tunnel() {
    TunnelPolicy policy = test::tunnel_policy();
    policy.mtu_bytes = 1400;
    return policy;
}

Bytes too_big(Family family) {
    if (family == Family::kIpv4)
        return test::ipv4(address("10.1.0.9"), address("10.2.0.9"), 17, test::udp(7, 9, test::filler(1500)), 0x4000);
    return test::ipv6(address("2001:db8:1::9"), address("2001:db8:2::9"), 17, test::udp(7, 9, test::filler(1500)));
}

TEST_CASE("a sender whose packet is too big is told what fits, on the device where it came from") {
    Bench bench;
    bench.add_tunnel(small_tunnel());
    bench.install(test::child_options());
    bench.clear.arrive(too_big(Family::kIpv4), test::kDevice);
    bench.clear.arrive(too_big(Family::kIpv6), test::kDevice);
    bench.clear.arrive(test::outgoing_packet(100), test::kDevice);
    bench.work();
    const auto told = bench.clear.take();
    REQUIRE(told.size() == 2);
    CHECK(told[0].port == test::kDevice);
    const auto v4 = parse_inner(told[0].octets);
    REQUIRE(v4);
    // As if from the host that the packet was for.
    CHECK(v4->source == address("10.2.0.9"));
    CHECK(v4->destination == address("10.1.0.9"));
    CHECK(v4->protocol == 1);
    CHECK(v4->source_port == 0x0304);  // fragmentation needed (RFC 792)
    CHECK(load_be<std::uint16_t>(told[0].octets.data() + 26) == 1400);
    const auto v6 = parse_inner(told[1].octets);
    REQUIRE(v6);
    CHECK(v6->protocol == 58);
    CHECK(v6->source_port == 0x0200);  // packet too big (RFC 4443 3.2)
    CHECK(load_be<std::uint32_t>(told[1].octets.data() + 44) == 1400);
    CHECK(bench.cipher.take().size() == 1);
    CHECK(bench.drops() == Drops{{"too_big", 2}});
}

TEST_CASE("who sends nothing but packets that are too big is not told of each") {
    Bench bench;
    bench.add_tunnel(small_tunnel());
    bench.install(test::child_options());
    for (int i = 0; i < 1000; ++i)
        bench.clear.arrive(too_big(Family::kIpv4), test::kDevice);
    bench.work();
    const std::size_t told = bench.clear.take().size();
    CHECK(told >= 100);
    CHECK(told < 1000);
    CHECK(bench.drops() == Drops{{"too_big", 1000}});
}

TEST_CASE("what may be fragmented leaves in fragments, behind what fits") {
    Bench bench;
    bench.add_tunnel(small_tunnel());
    bench.install(test::child_options());
    for (int i = 0; i < 40; ++i)
        bench.clear.arrive(test::outgoing_packet(4000), test::kDevice);
    bench.clear.arrive(test::outgoing_packet(100), test::kDevice);
    bench.work();
    const auto sent = bench.cipher.take();
    REQUIRE(sent.size() == 1 + 40 * 3);
    CHECK(sent[0].octets.size() < 200);
    for (std::uint32_t i = 0; i < sent.size(); ++i)
        CHECK(load_be<std::uint32_t>(sent[i].octets.data() + 4) == i + 1);
    CHECK(bench.drops().empty());
}

TEST_CASE("a router's report about a packet of ours shrinks the tunnel") {
    Bench bench;
    TunnelPolicy policy = test::tunnel_policy();
    policy.mtu_bytes = 0;
    bench.add_tunnel(policy);
    const ChildOptions child = test::child_options();
    bench.install(test::copy_of(child));
    bench.work();
    REQUIRE(bench.events_of<Resized>().size() == 1);
    bench.cipher.reports = {
        {.outer = child.outer, .encapsulation = child.encapsulation, .spi = child.spi_out, .mtu_bytes = 1300},
        {.outer = child.outer, .encapsulation = child.encapsulation, .spi = Spi{77}, .mtu_bytes = 1200}};
    bench.work();
    const auto resized = bench.events_of<Resized>();
    REQUIRE(resized.size() == 1);
    CHECK(resized[0].sizes.mtu == 1238);
    CHECK(resized[0].path_mtu_bytes == 1300);
    CHECK(resized[0].reported);
    bench.clear.arrive(test::outgoing_packet(1300), test::kDevice);
    bench.work();
    CHECK(bench.cipher.take().size() == 2);
}

/// Sends five packets of 70 octets through, and two that come too late: which of them the limits are told with.
void check_limits(const VolumeLimits& limits, bool inbound) {
    Bench bench;
    bench.add_tunnel();
    ChildOptions options = test::child_options();
    options.limits = limits;
    const ChildOptions child = test::copy_of(options);
    bench.install(std::move(options));
    bench.work();
    for (std::uint64_t number = 1; number <= 7; ++number) {
        const std::size_t passed = inbound ? bench.receive(child, number) : bench.send_out().size();
        INFO("packet " << number << (inbound ? " in" : " out"));
        CHECK(passed == (number <= 5 ? 1U : 0U));
        std::size_t soft = 0, hard = 0;
        for (const Event& event : bench.events()) {
            soft += std::holds_alternative<SoftLimit>(event) ? 1U : 0U;
            hard += std::holds_alternative<HardLimit>(event) ? 1U : 0U;
        }
        CHECK(soft == (number == 3 ? 1U : 0U));
        CHECK(hard == (number == 5 ? 1U : 0U));
    }
    CHECK(bench.drops() == Drops{{"lifetime_over", 2}});
}

TEST_CASE("a soft limit is told once, a hard one once, with the packet that reaches it, whichever direction that has") {
    for (const bool inbound : {false, true}) {
        check_limits({.soft_packets = 3, .hard_packets = 5}, inbound);
        check_limits({.soft_bytes = 150, .hard_bytes = 300}, inbound);
    }
}

TEST_CASE("what the kernel does not take, and what nobody read in time, is counted") {
    Bench bench;
    bench.add_tunnel();
    bench.install(test::child_options());
    bench.work();
    bench.cipher.refuse = 2;
    CHECK(bench.send_out(5).size() == 3);
    bench.cipher.overflows = 7;
    bench.work();
    CHECK(bench.drops() == Drops{{"rx_overflow", 7}, {"tx_failed", 2}});
}

}  // namespace
}  // namespace esplane::dataplane
