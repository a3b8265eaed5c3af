#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gateway/net/route_plan.h"

namespace esplane::gateway {
namespace {

Prefix prefix(const char* text) {
    return Prefix::parse(text).value();
}

TunnelRoutes tunnel(const char* name, const char* device, std::vector<Prefix> local, std::vector<Prefix> remote) {
    return {
        .tunnel = name, .device = device, .local = std::move(local), .remote = std::move(remote), .mtu_bytes = 1400};
}

std::vector<std::string> words(const RoutePlan& plan) {
    std::vector<std::string> out;
    for (const Route& route : plan.routes) {
        const char* kind = route.kind == RouteKind::kBlackhole ? "blackhole"
                           : route.kind == RouteKind::kThrow   ? "throw"
                                                               : "dev";
        std::string line = std::string(kind) + " " + route.prefix.to_string() + " table " +
                           std::to_string(static_cast<std::uint32_t>(route.table));
        if (route.kind == RouteKind::kDevice) line += " " + route.device + " metric " + std::to_string(route.metric);
        out.push_back(line);
    }
    return out;
}

using Lines = std::vector<std::string>;

TEST_CASE("the MTU of IPv6 routes is never below what IPv6 needs, that of IPv4 routes is what fits") {
    TunnelRoutes routes{.tunnel = "net",
                        .device = "esp0",
                        .local = {},
                        .remote = {Prefix::parse("10.2.0.0/24").value(), Prefix::parse("2001:db8:2::/64").value()},
                        .mtu_bytes = 1238};
    const RoutePlan plan = plan_routes({routes});
    for (const Route& route : plan.routes) {
        if (route.kind != RouteKind::kDevice) continue;
        CHECK(route.mtu_bytes == (route.prefix.address.family() == Family::kIpv4 ? 1238U : 1280U));
    }
}

}  // namespace

TEST_CASE("a remote prefix is routed into the device above a blackhole") {
    const RoutePlan plan = plan_routes({tunnel("a", "esp0", {prefix("10.1.0.0/16")}, {prefix("10.2.0.0/16")})});
    CHECK(words(plan) == Lines{"blackhole 10.2.0.0/16 table 5050", "dev 10.2.0.0/16 table 5050 esp0 metric 100"});
    CHECK(plan.rules == std::set<Rule>{{Family::kIpv4, RouteTable::kPrefixes}});
}

TEST_CASE("default routes stand in a table of their own, behind longer prefixes of main") {
    const RoutePlan plan =
        plan_routes({tunnel("a", "esp0", {prefix("10.1.0.0/16")}, {prefix("0.0.0.0/0"), prefix("::/0")})});
    CHECK(words(plan) == Lines{"blackhole 0.0.0.0/0 table 5051", "blackhole ::/0 table 5051",
                               "dev 0.0.0.0/0 table 5051 esp0 metric 100", "dev ::/0 table 5051 esp0 metric 100"});
    CHECK(plan.rules == std::set<Rule>{{Family::kIpv4, RouteTable::kDefaults}, {Family::kIpv6, RouteTable::kDefaults}});
}

TEST_CASE("a local prefix inside a remote prefix of the same tunnel is thrown back to main") {
    const RoutePlan plan = plan_routes({tunnel("a", "esp0", {prefix("10.1.0.0/16")}, {prefix("10.0.0.0/8")})});
    CHECK(words(plan) == Lines{"blackhole 10.0.0.0/8 table 5050", "throw 10.1.0.0/16 table 5050",
                               "dev 10.0.0.0/8 table 5050 esp0 metric 100"});
}

TEST_CASE("a hub throws nothing back that another tunnel reaches") {
    const RoutePlan plan = plan_routes({tunnel("a", "esp0", {prefix("10.2.3.0/24")}, {prefix("10.2.0.0/16")}),
                                        tunnel("b", "esp1", {prefix("10.2.0.0/16")}, {prefix("10.2.3.0/24")})});
    CHECK(words(plan) == Lines{"blackhole 10.2.0.0/16 table 5050", "blackhole 10.2.3.0/24 table 5050",
                               "dev 10.2.0.0/16 table 5050 esp0 metric 100",
                               "dev 10.2.3.0/24 table 5050 esp1 metric 100"});
}

TEST_CASE("a local prefix of one tunnel under the remote prefix of another is not let out in clear") {
    const RoutePlan plan = plan_routes({tunnel("a", "esp0", {prefix("10.9.0.0/16")}, {prefix("10.2.0.0/16")}),
                                        tunnel("b", "esp0", {prefix("10.2.3.0/24")}, {prefix("10.4.0.0/16")})});
    const auto is_throw = [](const Route& route) { return route.kind == RouteKind::kThrow; };
    CHECK(std::none_of(plan.routes.begin(), plan.routes.end(), is_throw));
}

TEST_CASE("two tunnels to one prefix: one route a device, the first with the better metric") {
    const std::vector<Prefix> local{prefix("10.1.0.0/16")};
    const std::vector<Prefix> remote{prefix("172.16.0.0/12")};
    const RoutePlan plan = plan_routes(
        {tunnel("a", "esp0", local, remote), tunnel("b", "esp1", local, remote), tunnel("c", "esp0", local, remote)});
    CHECK(words(plan) == Lines{"blackhole 172.16.0.0/12 table 5050", "dev 172.16.0.0/12 table 5050 esp0 metric 100",
                               "dev 172.16.0.0/12 table 5050 esp1 metric 101"});
}

TEST_CASE("blackholes sort before device routes") {
    const RoutePlan plan = plan_routes({tunnel("a", "esp0", {}, {prefix("10.2.0.0/16"), prefix("2001:db8::/32")}),
                                        tunnel("b", "esp1", {}, {prefix("0.0.0.0/0"), prefix("10.0.0.0/8")})});
    const auto first_device = std::find_if(plan.routes.begin(), plan.routes.end(),
                                           [](const Route& route) { return route.kind == RouteKind::kDevice; });
    CHECK(std::none_of(first_device, plan.routes.end(),
                       [](const Route& route) { return route.kind == RouteKind::kBlackhole; }));
}

}  // namespace esplane::gateway
