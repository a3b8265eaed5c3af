// `children`: the CHILD_SAs of a tunnel, each with selectors of its own.
#include <catch2/catch.hpp>

#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::Case;
using testing::problems_of;

/// Four lines without subnets; what a case adds at its end begins at line 6.
const std::string kEnds =
    "tunnels:\n"
    "  a:\n"
    "    local: {address: 192.0.2.1}\n"
    "    remote: {address: 192.0.2.2}\n"
    "    auth: {psk: secret}\n";

gateway::TunnelOptions load(const std::string& yaml) {
    auto loaded = load_text(yaml, "f", "");
    INFO(yaml);
    REQUIRE(problems_of(yaml) == std::vector<std::string>{});
    return std::move(loaded).value().tunnels[0];
}

std::string text_of(const ike::ChildPolicy& child) {
    return child.name + ": " + to_string(child.selectors.local) + " === " + to_string(child.selectors.remote);
}

std::string text_of(const std::vector<Prefix>& prefixes) {
    std::string text;
    for (const Prefix& prefix : prefixes)
        text += (text.empty() ? "" : ", ") + prefix.to_string();
    return text;
}

TEST_CASE("subnets make one child without a name") {
    const auto tunnel = load(testing::kTunnel);
    REQUIRE(tunnel.ike.children.size() == 1);
    CHECK(text_of(tunnel.ike.children[0]) == ": 10.1.0.0/16 === 10.2.0.0/16");
}

TEST_CASE("Each child has its selectors, and all together are what is routed") {
    const auto tunnel = load(kEnds +
                             "    children:\n"
                             "      web: {local: [10.1.0.0/24, 10.1.1.0/24], remote: 10.2.0.0/24}\n"
                             "      db:  {local: [10.1.0.0/24], remote: [10.2.1.0/24, 10.2.2.0/24]}\n"
                             "      six: {local: 'fd00:1::/64', remote: 'fd00:2::/64'}\n");
    REQUIRE(tunnel.ike.children.size() == 3);
    CHECK(text_of(tunnel.ike.children[0]) == "web: 10.1.0.0/24, 10.1.1.0/24 === 10.2.0.0/24");
    CHECK(text_of(tunnel.ike.children[1]) == "db: 10.1.0.0/24 === 10.2.1.0/24, 10.2.2.0/24");
    CHECK(text_of(tunnel.ike.children[2]) == "six: fd00:1::/64 === fd00:2::/64");
    CHECK(text_of(tunnel.local_prefixes) == "10.1.0.0/24, 10.1.1.0/24, fd00:1::/64");
    CHECK(text_of(tunnel.remote_prefixes) == "10.2.0.0/24, 10.2.1.0/24, 10.2.2.0/24, fd00:2::/64");
}

TEST_CASE("Protocols and ports narrow, and are not routed") {
    const auto tunnel = load(kEnds +
                             "    children:\n"
                             "      web: {local: '10.1.0.0/24[tcp/1024-65535]', remote: ['10.2.0.0/24[tcp/443]', "
                             "'10.2.0.0/24[tcp/80]']}\n"
                             "      dns: {local: '10.1.0.0/24[udp]', remote: '10.2.0.53[udp/53]'}\n");
    REQUIRE(tunnel.ike.children.size() == 2);
    CHECK(text_of(tunnel.ike.children[0]) ==
          "web: 10.1.0.0/24[tcp/1024-65535] === 10.2.0.0/24[tcp/443], 10.2.0.0/24[tcp/80]");
    CHECK(text_of(tunnel.ike.children[1]) == "dns: 10.1.0.0/24[udp] === 10.2.0.53/32[udp/53]");
    CHECK(text_of(tunnel.local_prefixes) == "10.1.0.0/24");
    CHECK(text_of(tunnel.remote_prefixes) == "10.2.0.0/24, 10.2.0.53/32");
    std::string one = testing::kTunnel;
    one.replace(one.find("10.2.0.0/16"), 11, "'10.2.0.0/16[icmp]'");
    CHECK(text_of(load(one).ike.children[0]) == ": 10.1.0.0/16 === 10.2.0.0/16[icmp]");
}

TEST_CASE("Children take the place of subnets in defaults") {
    const auto tunnel = load("defaults: {local: {subnets: 10.9.0.0/16}}\n" + kEnds +
                             "    children: {web: {local: 10.1.0.0/24, remote: 10.2.0.0/24}}\n");
    REQUIRE(tunnel.ike.children.size() == 1);
    CHECK(text_of(tunnel.local_prefixes) == "10.1.0.0/24");
}

TEST_CASE("Wrong children are refused") {
    const std::string each = " list; write the prefixes there, or leave children out";
    const std::string families = " has no counterpart: children.x.";
    const std::vector<Case> cases = {
        {testing::kTunnel + "    children: {x: {local: 10.1.0.0/24, remote: 10.2.0.0/24}}\n",
         {"3:42: local.subnets: there are children as well, and each has its own local" + each,
          "4:43: remote.subnets: there are children as well, and each has its own remote" + each}},
        {kEnds + "    children: {}\n", {"6:5: children: at least one child is needed"}},
        {kEnds + "    children:\n", {"6:5: children: at least one child is needed"}},
        {kEnds + "    children: [a]\n", {"6:15: children: a map is expected"}},
        {kEnds + "    children: {x: 10.1.0.0/24}\n", {"6:19: a map with keys is expected here: local, remote"}},
        {kEnds + "    children: {x: {local: 10.1.0.0/24}}\n",
         {"6:16: children.x.remote is missing; list the prefixes of that side, such as [10.0.0.0/16]"}},
        {kEnds + "    children: {x: {local: [], remote: 10.2.0.0/24}}\n",
         {"6:27: children.x.local: at least one prefix is needed"}},
        {kEnds + "    children: {x: {local: 10.1.0.0/24, remote: 10.2.0.9/24}}\n",
         {"6:48: children.x.remote: '10.2.0.9/24' has host bits set; did you mean '10.2.0.0/24'?"}},
        {kEnds + "    children: {x: {local: 10.1.0.0/24, remot: 10.2.0.0/24}}\n",
         {"6:16: children.x.remote is missing; list the prefixes of that side, such as [10.0.0.0/16]",
          "6:40: unknown key 'remot'; did you mean 'remote'? accepted here: local, remote"}},
        {kEnds + "    children: {x: {local: 'fd00::/64', remote: 10.2.0.0/24}}\n",
         {"6:27: children.x.local: 'fd00::/64'" + families + "remote has no IPv6 prefix",
          "6:48: children.x.remote: '10.2.0.0/24'" + families + "local has no IPv4 prefix"}},
        {kEnds + "    children: {'a b': {local: 10.1.0.0/24, remote: 10.2.0.0/24}}\n",
         {"6:16: children: 'a b' cannot name a child; 1 to 64 of the characters A-Z a-z 0-9 - _ . are accepted"}},
        {kEnds + "    children:\n"
                 "      x: {local: 10.1.0.0/24, remote: 10.2.0.0/24}\n"
                 "      x: {local: 10.1.1.0/24, remote: 10.2.0.0/24}\n",
         {"8:7: children: duplicate child 'x'; it is already at line 7"}},
        {kEnds + "    children:\n"
                 "      x: {local: 10.1.0.0/24, remote: 10.2.0.0/24}\n"
                 "      y: {local: 10.1.0.0/24, remote: 10.2.0.0/24}\n",
         {"8:7: children: 'y' has the same selectors as 'x'; leave one of them out"}},
        {"defaults: {children: {x: {local: 10.1.0.0/24, remote: 10.2.0.0/24}}}\n" + testing::kTunnel,
         {"1:12: children: these are a tunnel's own; write them there"}},
    };
    for (const Case& test : cases) {
        INFO(test.yaml);
        CHECK(problems_of(test.yaml) == test.problems);
    }
}

TEST_CASE("A tunnel has at most 255 children") {
    std::string yaml = kEnds + "    children:\n";
    for (int i = 0; i < 256; ++i) {
        const std::string number = std::to_string(i);
        yaml.append("      c").append(number).append(": {local: 10.1.").append(number);
        yaml.append(".0/24, remote: 10.2.0.0/24}\n");
        if (i == 254) CHECK(load(yaml).ike.children.size() == 255);
    }
    yaml.replace(yaml.find("10.1.255.0"), 10, "10.3.255.0");
    CHECK(problems_of(yaml) == std::vector<std::string>{"6:5: children: a tunnel has at most 255 children"});
}

TEST_CASE("No two tunnels have the same child on one interface") {
    const std::string child = "    children: {x: {local: 10.1.0.0/24, remote: 10.2.0.0/24}, ";
    std::string other = kEnds.substr(kEnds.find("  a:"));
    other.replace(other.find("a:"), 2, "b:").replace(other.find("192.0.2.2"), 9, "192.0.2.3");
    const std::string yaml = kEnds + child + "y: {local: 10.1.1.0/24, remote: 10.2.0.0/24}}\n" + other + child +
                             "z: {local: 10.1.2.0/24, remote: 10.2.0.0/24}}\n";
    CHECK(problems_of(yaml) ==
          std::vector<std::string>{"7:3: has the same subnets and interface as tunnel 'a' (line 2), so that a packet "
                                   "could take either; give it an interface of its own"});
}

}  // namespace
}  // namespace esplane::config
