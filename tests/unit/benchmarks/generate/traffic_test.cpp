#include "benchmarks/generate/traffic.h"

#include <catch2/catch.hpp>
#include <set>
#include <tuple>

#include "tests/unit/benchmarks/generate/traffics.h"

namespace esplane::bench::generate {
namespace {

Traffic good() {
    return test::traffic(Family::kIpv4, Transport::kUdp);
}

TEST_CASE("flows are spread over destinations first, then over sources, then over ports") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp, "128", 20);
    struct Case {
        std::uint32_t number;
        const char* source;
        const char* destination;
        std::uint16_t port;
    };
    const Case cases[] = {{0, "10.1.0.1", "10.128.0.9", 1024}, {1, "10.1.0.1", "10.128.1.9", 1024},
                          {2, "10.1.0.1", "10.128.2.9", 1024}, {3, "10.1.0.2", "10.128.0.9", 1024},
                          {5, "10.1.0.2", "10.128.2.9", 1024}, {6, "10.1.0.1", "10.128.0.9", 1025},
                          {19, "10.1.0.1", "10.128.1.9", 1027}};
    for (const Case& one : cases) {
        INFO(one.number);
        const Flow flow = flow_at(traffic, one.number);
        CHECK(flow.source.to_string() == one.source);
        CHECK(flow.destination.to_string() == one.destination);
        CHECK(flow.source_port == one.port);
    }
    std::set<std::tuple<IpAddress, IpAddress, std::uint16_t>> all;
    for (std::uint32_t number = 0; number < 20; ++number) {
        const Flow flow = flow_at(traffic, number);
        all.emplace(flow.source, flow.destination, flow.source_port);
    }
    CHECK(all.size() == 20);
}

TEST_CASE("hosts of IPv6 are counted in the low half of the address") {
    const Hosts hosts{*IpAddress::parse("2001:db8::ffff:ffff"), 3, 2};
    CHECK(hosts.at(1).to_string() == "2001:db8::1:0:1");
}

TEST_CASE("a packet has room for headers and probe") {
    CHECK(shortest_packet(Family::kIpv4, Transport::kUdp) == 44);
    CHECK(shortest_packet(Family::kIpv4, Transport::kTcp) == 56);
    CHECK(shortest_packet(Family::kIpv6, Transport::kUdp) == 64);
    CHECK(shortest_packet(Family::kIpv6, Transport::kTcp) == 76);
    // What fits an Ethernet frame of 64 octets with its FCS.
    CHECK(shortest_packet(Family::kIpv4, Transport::kUdp) <= 64 - 18);
}

TEST_CASE("short packets of a mixture are made as long as they must be") {
    const Traffic tcp = test::traffic(Family::kIpv6, Transport::kTcp, "imix");
    CHECK(tcp.mix.name == "imix");
    CHECK(packet_length(tcp, 0, 0) == 76);
    CHECK(packet_length(tcp, 0, 1) == 576);
    const Traffic udp = test::traffic(Family::kIpv6, Transport::kUdp, "imix");
    CHECK(packet_length(udp, 0, 0) == 64);
}

TEST_CASE("each flow goes through the whole mixture, and so does a round through all flows") {
    const Traffic traffic = test::traffic(Family::kIpv4, Transport::kUdp, "imix", 12);
    for (std::uint32_t fixed = 0; fixed < 12; ++fixed) {
        std::uint32_t of_flow = 0;
        std::uint32_t of_round = 0;
        for (std::uint32_t other = 0; other < 12; ++other) {
            of_flow += packet_length(traffic, fixed, other);
            of_round += packet_length(traffic, other, fixed);
        }
        CHECK(of_flow == 7 * 64 + 4 * 576 + 1420);
        CHECK(of_round == of_flow);
    }
}

TEST_CASE("what cannot be sent is told before it is tried") {
    Traffic traffic = good();
    traffic.flows = 0;
    CHECK_THROWS_WITH(checked(traffic), "no flows");
    traffic.flows = 6 * 64512;
    CHECK_NOTHROW(checked(traffic));
    traffic.flows += 1;
    CHECK_THROWS_WITH(checked(traffic), "387073 flows are more than 6 pairs of hosts with 64512 ports tell apart");
    traffic = good();
    traffic.sources.count = traffic.destinations.count = 0xffffffff;
    CHECK_THROWS_WITH(checked(traffic), "more hosts than there are addresses");
    traffic = good();
    traffic.destinations = {*IpAddress::parse("255.255.255.254"), 3};
    CHECK_THROWS_WITH(checked(traffic), "more hosts than there are addresses");
    traffic.destinations.count = 2;
    CHECK_NOTHROW(checked(traffic));
    traffic.destinations.count = 0;
    CHECK_THROWS_WITH(checked(traffic), "no hosts to send from or to");
    traffic = good();
    traffic.sources.first = *IpAddress::parse("2001:db8::1");
    CHECK_THROWS_WITH(checked(traffic), "sources and destinations of two families");
    traffic = good();
    traffic.mix = *parse_mix("43");
    CHECK_THROWS_WITH(checked(traffic), "packets of 43 octets: UDP over IPv4 needs at least 44");
    traffic.mix.pattern.clear();
    CHECK_THROWS_WITH(checked(traffic), "no lengths");
}

}  // namespace
}  // namespace esplane::bench::generate
