// `pool`, and `local.subnets: virtual`: virtual addresses from both sides.
#include <catch2/catch.hpp>

#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::Case;
using testing::problems_of;

/// What a case adds begins at line 6.
const std::string kGateway =
    "tunnels:\n"
    "  a:\n"
    "    local: {address: 192.0.2.1, subnets: [10.1.0.0/16, 'fd00:1::/64']}\n"
    "    remote: {address: any, id: '*.example.org'}\n"
    "    auth: {psk: secret}\n";

std::string client(const std::string& local, const std::string& remote) {
    return "tunnels:\n"
           "  a:\n"
           "    local: {address: 192.0.2.1, " +
           local +
           "}\n"
           "    remote: {" +
           remote +
           "}\n"
           "    auth: {psk: secret}\n";
}

gateway::TunnelOptions load(const std::string& yaml) {
    INFO(yaml);
    REQUIRE(problems_of(yaml) == std::vector<std::string>{});
    return load_text(yaml, "f", "").value().tunnels[0];
}

TEST_CASE("a pool takes the place of remote.subnets, in selectors and routes") {
    const auto tunnel =
        load(kGateway + "    pool: {addresses: [10.99.0.0/24, 'fd00:99::/112'], dns: [10.1.0.53, 'fd00:1::53']}\n");
    REQUIRE(tunnel.ike.pool);
    CHECK(tunnel.ike.pool->addresses == tunnel.remote_prefixes);
    CHECK(tunnel.remote_prefixes.size() == 2);
    CHECK(tunnel.ike.pool->dns == std::vector{*IpAddress::parse("10.1.0.53"), *IpAddress::parse("fd00:1::53")});
    REQUIRE(tunnel.ike.children.size() == 1);
    CHECK(to_string(tunnel.ike.children[0].selectors.local) == "10.1.0.0/16, fd00:1::/64");
    CHECK(to_string(tunnel.ike.children[0].selectors.remote) == "10.99.0.0/24, fd00:99::/112");
    CHECK(tunnel.ike.start == ike::StartMode::kListen);
    const auto other = load(kGateway + "    pool: {addresses: [10.99.0.0/24, 'fd00:99::/112'], dns: [10.1.0.53]}\n");
    CHECK(other.fingerprint != tunnel.fingerprint);
}

TEST_CASE("what a pool cannot be is told") {
    const std::string pool = "    pool: {addresses: [10.99.0.0/24, 'fd00:99::/112']}\n";
    const Case cases[] = {
        {kGateway + "    pool: {}\n",
         {"6:5: pool.addresses is missing; list the prefixes of that side, such as [10.0.0.0/16]"}},
        {kGateway + "    pool: {addresses: [10.99.0.1/24, 'fd00:99::/112']}\n",
         {"6:24: pool.addresses: '10.99.0.1/24' has host bits set; did you mean '10.99.0.0/24'?"}},
        {kGateway + "    pool: {addresses: ['10.99.0.0/24[tcp]', 'fd00:99::/112']}\n",
         {"6:24: pool.addresses: '10.99.0.0/24[tcp]' names a protocol; a peer is given an address alone"}},
        {kGateway + "    pool: {addresses: [10.99.0.0/24]}\n",
         {"3:56: local.subnets: 'fd00:1::/64' has no counterpart: pool.addresses has no IPv6 prefix"}},
        {kGateway + pool + "    start: auto\n",
         {"7:12: start: remote.address is any, so that there is nobody to call; write start: listen"}},
        {kGateway + pool + "    children: {b: {local: 10.1.0.0/16, remote: 10.2.0.0/16}}\n",
         {"7:5: children: there is a pool as well, of which each peer has one CHILD_SA; write local.subnets"}},
        {kGateway + "    pool: {addresses: [10.99.0.0/24, 'fd00:99::/112', 10.99.0.128/25]}\n",
         {"2:3: hands out 10.99.0.128/25, which 10.99.0.0/24 of tunnel 'a' (line 2) has, too; an address is one "
          "peer's"}},
    };
    for (const Case& each : cases) {
        INFO(each.yaml);
        CHECK(problems_of(each.yaml) == each.problems);
    }
}

TEST_CASE("a client's own side is of the families of the other") {
    const auto tunnel = load(client("subnets: virtual", "address: 192.0.2.2, subnets: [10.1.0.0/16]"));
    CHECK(tunnel.ike.virtual_address);
    CHECK(tunnel.local_prefixes.empty());
    CHECK(to_string(tunnel.ike.children[0].selectors.local) == "0.0.0.0/0");
    const auto both = load(client("subnets: virtual", "address: 192.0.2.2, subnets: [0.0.0.0/0, '::/0']"));
    CHECK(to_string(both.ike.children[0].selectors.local) == "0.0.0.0/0, ::/0");
}

TEST_CASE("nobody can be asked for an address who is not known") {
    const auto problems = problems_of(client("subnets: virtual", "address: any, id: any, subnets: [10.1.0.0/16]"));
    CHECK(problems == std::vector<std::string>{"3:42: local.subnets: remote.address is any, so that there is nobody to "
                                               "ask for an address"});
}

}  // namespace
}  // namespace esplane::config
