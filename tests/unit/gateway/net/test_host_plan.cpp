#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "gateway/net/host_plan.h"

namespace esplane::gateway {
namespace {

IpAddress ip(const char* text) {
    return IpAddress::parse(text).value();
}

dataplane::DpdkOptions options() {
    dataplane::PortOptions wan{.name = "wan", .role = dataplane::PortRole::kCipher};
    wan.addresses = {{ip("192.0.2.1"), 24}, {ip("192.0.2.2"), 24}, {ip("2001:db8::1"), 64}};
    wan.gateways = {ip("192.0.2.254")};
    dataplane::PortOptions lan{.name = "lan", .role = dataplane::PortRole::kClear};
    lan.addresses = {{ip("10.1.0.1"), 16}, {ip("10.9.9.9"), 32}};
    lan.mtu_bytes = 9000;
    return {.ports = {wan, lan}, .host_interface = "esp-host"};
}

std::vector<std::string> lines(const HostPlan& plan) {
    std::vector<std::string> result;
    for (const Route& route : plan.routes) {
        std::string line = route.prefix.to_string() + (route.table == RouteTable::kMain ? " main" : " host");
        line += " metric " + std::to_string(route.metric);
        if (route.mtu_bytes != 0) line += " mtu " + std::to_string(route.mtu_bytes);
        for (const Prefix& source : route.sources)
            line += " from " + source.to_string();
        CHECK(route.kind == RouteKind::kDevice);
        CHECK(route.device == "esp-host");
        result.push_back(line);
    }
    return result;
}

TEST_CASE("The host is at the ports' addresses, and reaches their links and gateways from them") {
    const HostPlan plan = plan_host(options());
    CHECK(plan.device == "esp-host");
    CHECK(plan.mtu_bytes == 9000);
    CHECK(plan.addresses ==
          std::vector<IpAddress>{ip("192.0.2.1"), ip("192.0.2.2"), ip("2001:db8::1"), ip("10.1.0.1"), ip("10.9.9.9")});
    CHECK(lines(plan) == std::vector<std::string>{
                             "192.0.2.0/24 main metric 1000000000 mtu 1500 from 192.0.2.1/32",
                             "192.0.2.0/24 host metric 100 mtu 1500 from 192.0.2.1/32",
                             "2001:db8::/64 main metric 1000000000 mtu 1500 from 2001:db8::1/128",
                             "2001:db8::/64 host metric 100 mtu 1500 from 2001:db8::1/128",
                             "10.1.0.0/16 main metric 1000000000 from 10.1.0.1/32",
                             "10.1.0.0/16 host metric 100 from 10.1.0.1/32",
                             "0.0.0.0/0 main metric 1000000000 mtu 1500 from 192.0.2.1/32",
                             "0.0.0.0/0 host metric 100 mtu 1500",
                             "::/0 host metric 100 mtu 1500",
                         });
}

TEST_CASE("Of two gateways of a family, the first port's is the host's") {
    dataplane::DpdkOptions both = options();
    both.ports[1].gateways = {ip("10.1.0.254")};
    const auto found = lines(plan_host(both));
    CHECK(found == lines(plan_host(options())));
    std::swap(both.ports[0], both.ports[1]);
    const auto swapped = lines(plan_host(both));
    CHECK(std::count(swapped.begin(), swapped.end(), "0.0.0.0/0 main metric 1000000000 from 10.1.0.1/32") == 1);
}

TEST_CASE("A family that no port has an address of is left alone") {
    dataplane::DpdkOptions one = options();
    one.ports.erase(one.ports.begin());
    for (const Route& route : plan_host(one).routes)
        CHECK(route.prefix.address.family() == Family::kIpv4);
}

}  // namespace
}  // namespace esplane::gateway
