#include "config/fingerprint.h"

#include <catch2/catch.hpp>
#include <map>

#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::kTunnel;

std::string fingerprint_of(const std::string& yaml) {
    const auto loaded = load_text(yaml, "f", "");
    INFO(yaml);
    REQUIRE(loaded);
    return loaded.value().tunnels[0].fingerprint;
}

std::string changed(const std::string& from, const std::string& to) {
    std::string yaml = kTunnel;
    return yaml.replace(yaml.find(from), from.size(), to);
}

/// From gateway to gateway.
std::string with_hosts(const std::string& more) {
    std::string yaml = changed("10.1.0.0/16", "192.0.2.1");
    return yaml.replace(yaml.find("10.2.0.0/16"), 11, "192.0.2.2") + more;
}

std::string with_children(const std::string& children) {
    std::string yaml = changed(", subnets: [10.1.0.0/16]", "");
    const std::string subnets = ", subnets: [10.2.0.0/16]";
    return yaml.replace(yaml.find(subnets), subnets.size(), "") + "    children: {" + children + "}\n";
}

TEST_CASE("Any change of a tunnel changes its fingerprint, and no two changes look alike") {
    const std::vector<std::string> variants = {
        kTunnel,
        changed("  a:", "  b:"),
        changed("192.0.2.1", "192.0.2.9"),
        changed("192.0.2.1", "192.0.2.1, id: gw.example.org"),
        changed("192.0.2.1", "192.0.2.1, id: gw@example.org"),
        changed("address: 192.0.2.1", "id: 192.0.2.1"),
        changed("10.1.0.0/16", "10.1.0.0/17"),
        changed("10.1.0.0/16", "10.1.0.0/16, 10.5.0.0/16"),
        changed("192.0.2.2", "192.0.2.8"),
        changed("192.0.2.2", "192.0.2.2, id: any"),
        changed("192.0.2.2", "192.0.2.2, id: gw.example.org"),
        changed("192.0.2.2", "192.0.2.2, id: \"*.example.org\""),
        changed("10.2.0.0/16", "10.2.0.0/24"),
        changed("psk: secret", "psk: Secret"),
        with_children("a: {local: 10.1.0.0/16, remote: 10.2.0.0/16}"),
        with_children("a: {local: '10.1.0.0/16[tcp]', remote: 10.2.0.0/16}"),
        with_children("a: {local: '10.1.0.0/16[tcp/80]', remote: 10.2.0.0/16}"),
        with_children("b: {local: 10.1.0.0/16, remote: 10.2.0.0/16}"),
        with_children("a: {local: 10.1.0.0/16, remote: 10.2.0.0/17}"),
        with_children("a: {local: 10.1.0.0/16, remote: 10.2.0.0/16}, b: {local: 10.3.0.0/16, remote: 10.2.0.0/16}"),
        kTunnel + "    ike: {proposals: aes256gcm16-prfsha256-ecp256}\n",
        kTunnel + "    ike: {lifetime: 7h}\n",
        kTunnel + "    ike: {rekey_margin: 8m}\n",
        kTunnel + "    ike: {mobike: no}\n",
        kTunnel + "    esp: {proposals: aes256gcm16}\n",
        kTunnel + "    esp: {lifetime: 50m}\n",
        kTunnel + "    esp: {rekey_margin: 2m}\n",
        kTunnel + "    esp: {lifetime_bytes: 1GB}\n",
        kTunnel + "    esp: {lifetime_packets: 1000000000}\n",
        kTunnel + "    esp: {replay_window: 64}\n",
        kTunnel + "    esp: {esn: no}\n",
        kTunnel + "    esp: {tfc: mtu}\n",
        with_hosts(""),
        with_hosts("    esp: {mode: transport}\n"),
        kTunnel + "    dpd: {delay: 9s}\n",
        kTunnel + "    dpd: {timeout: 9s}\n",
        kTunnel + "    dpd: {action: trap}\n",
        kTunnel + "    start: listen\n",
        kTunnel + "    encap: always\n",
        kTunnel + "    mtu: 1400\n",
        kTunnel + "    mss: 1300\n",
        kTunnel + "    fragment: after\n",
        kTunnel + "    fragment: never\n",
        kTunnel + "    df: set\n",
        kTunnel + "    df: clear\n",
        kTunnel + "    dscp: zero\n",
        kTunnel + "    dscp: ef\n",
        kTunnel + "    interface: esp1\n",
        kTunnel + "    routes: none\n",
    };
    std::map<std::string, std::string> seen;
    for (const std::string& yaml : variants) {
        const auto [first, is_new] = seen.emplace(fingerprint_of(yaml), yaml);
        INFO(yaml << "looks like\n" << first->second);
        CHECK(is_new);
    }
}

TEST_CASE("What means the same has the same fingerprint") {
    const std::string fingerprint = fingerprint_of(kTunnel);
    CHECK(fingerprint_of(kTunnel) == fingerprint);
    CHECK(fingerprint_of(changed("psk: secret", "psk: 0x736563726574")) == fingerprint);
    CHECK(fingerprint_of(changed("psk: secret", "psk: 0sc2VjcmV0")) == fingerprint);
    CHECK(fingerprint_of("defaults: {mtu: auto, esp: {lifetime: 60m}}\n" + kTunnel) == fingerprint);
    CHECK(fingerprint_of("gateway: {log: debug}\n" + kTunnel) == fingerprint);
    CHECK(fingerprint_of(changed("subnets: [10.1.0.0/16]", "subnets: 10.1.0.0/16")) == fingerprint);
}

TEST_CASE("A fingerprint does not show the key") {
    CHECK(fingerprint_of(kTunnel).find("secret") == std::string::npos);
    CHECK(fingerprint_of(kTunnel).find(to_hex(as_bytes("secret"))) == std::string::npos);
}

}  // namespace
}  // namespace esplane::config
