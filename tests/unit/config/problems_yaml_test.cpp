#include <catch2/catch.hpp>

#include "config/section.h"
#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::Case;
using testing::kTunnel;
using testing::problems_of;

TEST_CASE("What is not one YAML document of known keys is refused where it stands") {
    const std::vector<Case> cases = {
        {"", {"1:1: tunnels is missing; write 'tunnels: {}' if there are none"}},
        {"# nothing\n", {"1:1: tunnels is missing; write 'tunnels: {}' if there are none"}},
        {"tunnels: {}\n", {}},
        {"tunnels:\n", {}},
        {"\xef\xbb\xbftunnels: {}\n", {}},
        {"just words\n", {"1:1: a map with keys is expected here: gateway, dpdk, defaults, tunnels"}},
        {"- a\n", {"1:1: a map with keys is expected here: gateway, dpdk, defaults, tunnels"}},
        {"tunnels: 7\n", {"1:10: tunnels: a map is expected"}},
        {"tunnels: {a: 7}\n",
         {"1:14: a map with keys is expected here: local, remote, children, pool, auth, ike, esp, dpd, start, encap, "
          "mtu, "
          "mss, fragment, df, dscp, interface, routes"}},
        {"tunnels: {}\ntunnels: {}\n", {"2:1: duplicate key 'tunnels'; it is already at line 1, column 1"}},
        {"tunnels: {}\ntunels: {}\n",
         {"2:1: unknown key 'tunels'; did you mean 'tunnels'? accepted here: gateway, dpdk, defaults, tunnels"}},
        {"tunnels: {}\nwhatever: 1\n",
         {"2:1: unknown key 'whatever'; accepted here: gateway, dpdk, defaults, tunnels"}},
        {"tunnels: {}\n{}: 1\n", {"2:1: a key must be a word"}},
        {"tunnels: {}\n? [a]\n: 1\n", {"2:3: a key must be a word"}},
        {"tunnels: {}\n---\na: b\n", {"2:1: only one YAML document is accepted; a further one starts here"}},
        {"tunnels: {a: [\n", {"2:1: not YAML: a comma or a closing ] is missing"}},
        {"tunnels: {}\n\tgateway: {}\n", {"2:2: not YAML: a tab cannot indent; use spaces"}},
        {"tunnels: {a: *nobody}\n", {"1:14: not YAML: there is no anchor of this name above"}},
        {"tunnels: {a: &a {local: *a}}\n", {"1:25: this alias stands inside of what it stands for"}},
        {"tunnels: {a: !include b}\n", {"1:14: tag '!include' is not accepted"}},
        {kTunnel + "    <<: {mtu: 1400}\n",
         {"6:5: merge keys are not accepted; put what tunnels share under 'defaults'"}},
        {kTunnel + "    mtu:\n", {"6:5: mtu: the value is missing"}},
        {kTunnel + "    mtu: [1400]\n", {"6:10: mtu: a single value is expected"}},
        {kTunnel + "    mtu: {}\n", {"6:10: mtu: a single value is expected"}},
        {kTunnel + "    esp: [lifetime]\n",
         {"6:10: a map with keys is expected here: proposals, lifetime, rekey_margin, lifetime_bytes, "
          "lifetime_packets, mode, tfc, replay_window, esn, pfs, verify_pfs"}},
        {kTunnel + "    esp: {lifetme: 1h}\n",
         {"6:11: unknown key 'lifetme'; did you mean 'lifetime'? accepted here: proposals, lifetime, rekey_margin, "
          "lifetime_bytes, lifetime_packets, mode, tfc, replay_window, esn, pfs, verify_pfs"}},
        {kTunnel + "    mtu: 1400\n    mtu: 1300\n", {"7:5: duplicate key 'mtu'; it is already at line 6, column 5"}},
        {kTunnel + "  a: {}\n", {"6:3: duplicate tunnel 'a'; it is already at line 2"}},
    };
    for (const Case& test : cases) {
        INFO(test.yaml);
        CHECK(problems_of(test.yaml) == test.problems);
    }
}

TEST_CASE("Every problem of a file is found in one pass, in the order of the file") {
    CHECK(problems_of("tunnels:\n"
                      "  b:\n"
                      "    mss: big\n"
                      "    local: {address: 192.0.2.1, subnets: 10.1.0.0/16}\n"
                      "    auth: {psk: x}\n"
                      "    remote: {adress: 192.0.2.2, subnets: [10.2.0.1/16, 10.2.0.0/33, x]}\n"
                      "    start: never\n"
                      "gateway:\n"
                      "  log: loud\n") ==
          std::vector<std::string>{
              "3:10: mss: 'big' is not accepted; write auto, or a number of octets from 88 to 65495",
              "6:5: remote.address is missing; write the peer's IP address, or any",
              "6:14: unknown key 'adress'; did you mean 'address'? accepted here: address, id, subnets",
              "6:43: remote.subnets: '10.2.0.1/16' has host bits set; did you mean '10.2.0.0/16'?",
              "6:56: remote.subnets: '10.2.0.0/33' has no valid prefix length; 0 to 32 is accepted here",
              "6:69: remote.subnets: 'x' is not a prefix; write it as 10.0.0.0/16 or 2001:db8::/32",
              "7:12: start: 'never' is not accepted; one of auto, on-demand, listen",
              "9:8: gateway.log: 'loud' is not accepted; one of error, warning, info, debug",
          });
}

TEST_CASE("A thousand problems are enough") {
    std::string yaml = "tunnels: {}\n";
    for (int i = 0; i < 3000; ++i)
        yaml += "key" + std::to_string(i) + ": 1\n";
    const std::vector<std::string> problems = problems_of(yaml);
    REQUIRE(problems.size() == Problems::kMost + 1);
    CHECK(problems[0].substr(0, 24) == "2:1: unknown key 'key0';");
    CHECK(problems.back().find("there are more problems") != std::string::npos);
}

TEST_CASE("A problem of defaults is reported once, where it is") {
    CHECK(
        problems_of("defaults:\n"
                    "  esp: {lifetme: 1h, replay_window: 7}\n"
                    "  local: {subnets: [10.0.0.0/8]}\n" +
                    kTunnel + "  b:\n    remote: {address: 192.0.2.3, subnets: 10.9.0.0/16}\n" +
                    "    local: {address: 192.0.2.1}\n    auth: {psk: y}\n") ==
        std::vector<std::string>{
            "2:9: unknown key 'lifetme'; did you mean 'lifetime'? accepted here: proposals, lifetime, rekey_margin, "
            "lifetime_bytes, lifetime_packets, "
            "mode, tfc, replay_window, esn, pfs, verify_pfs",
            "2:37: esp.replay_window: '7' is not accepted; did you mean 32? write a power of 2 from 32 to 65536, or 0 "
            "for no check"});
    CHECK(problems_of("defaults: {mtu: 1}\ntunnels: {}\n") ==
          std::vector<std::string>{
              "1:17: mtu: '1' is not accepted; write auto, or a number of octets from 576 to 65535"});
    CHECK(problems_of("defaults: 1\ntunnels: {}\n") == std::vector<std::string>{"1:11: defaults: a map is expected"});
}

}  // namespace
}  // namespace esplane::config
