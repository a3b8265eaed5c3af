#include <catch2/catch.hpp>

#include "crypto/key_encapsulation.h"
#include "ike/core/suite.h"
#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::Case;
using testing::kTunnel;
using testing::problems_of;

/// One tunnel whose three needed lines a case writes itself; it begins at line 2 and `local` at column 5 of line 3.
std::string tunnel(const std::string& local, const std::string& remote, const std::string& auth = "{psk: secret}") {
    return "tunnels:\n  a:\n    local: " + local + "\n    remote: " + remote + "\n    auth: " + auth + "\n";
}

const std::string kLocal = "{address: 192.0.2.1, subnets: [10.1.0.0/16]}";
const std::string kRemote = "{address: 192.0.2.2, subnets: [10.2.0.0/16]}";
const std::string kHostAddress =
    " is not the address of a host: unspecified, multicast, broadcast and link-local addresses are not accepted";
const std::string kForms =
    "write an IP address, a domain name, user@domain, O=Example, CN=name, or @name for any other name";

void check(const std::vector<Case>& cases) {
    for (const Case& test : cases) {
        INFO(test.yaml);
        CHECK(problems_of(test.yaml) == test.problems);
    }
}

TEST_CASE("Wrong ends of a tunnel are refused") {
    check({
        {tunnel("{address: gw.example.org, subnets: 10.1.0.0/16}", kRemote),
         {"3:22: local.address: 'gw.example.org' is not an IP address; host names are not accepted"}},
        {tunnel("{address: any, subnets: 10.1.0.0/16}", kRemote),
         {"3:22: local.address: 'any' is not accepted; leave address out for the one that the route to the peer has"}},
        {tunnel("{address: 0.0.0.0, subnets: 10.1.0.0/16}", kRemote),
         {"3:22: local.address: '0.0.0.0'" + kHostAddress}},
        {tunnel("{address: 'fe80::1', subnets: 10.1.0.0/16}", kRemote),
         {"3:22: local.address: 'fe80::1'" + kHostAddress}},
        {tunnel(kLocal, "{address: 224.0.0.1, subnets: 10.2.0.0/16}"),
         {"4:23: remote.address: '224.0.0.1'" + kHostAddress + "; write any for a peer whose address is unknown"}},
        {tunnel(kLocal, "{address: '2001:db8::2', subnets: 10.2.0.0/16}"),
         {"3:22: local.address: remote.address is of the other IP family"}},
        {tunnel("{subnets: 10.1.0.0/16}", kRemote),
         {"3:5: local.id is missing; without local.address there is nothing that it could default to"}},
        {tunnel("{address: 192.0.2.1, id: any, subnets: 10.1.0.0/16}", kRemote),
         {"3:37: local.id: 'any' is not an identity; " + kForms}},
        {tunnel("{address: 192.0.2.1, id: '*.example.org', subnets: 10.1.0.0/16}", kRemote),
         {"3:37: local.id: '*.example.org' is not an identity; " + kForms}},
        {tunnel("{address: 192.0.2.1, id: '', subnets: 10.1.0.0/16}", kRemote),
         {"3:37: local.id: '' is not an identity; " + kForms}},
        {tunnel(kLocal, "{address: 192.0.2.2, id: '', subnets: 10.2.0.0/16}"),
         {"4:38: remote.id: '' is not an identity; " + kForms + ", a pattern such as \"*.example.org\", or any"}},
        {tunnel(kLocal, "{address: any, subnets: 10.2.0.0/16}"),
         {"4:5: remote.id is missing; the peer's address is any: write its id, a pattern such as \"*.example.org\", or "
          "any"}},
        {tunnel(kLocal, "{subnets: 10.2.0.0/16}"),
         {"4:5: remote.address is missing; write the peer's IP address, or any"}},
    });
}

TEST_CASE("Wrong subnets are refused") {
    check({
        {tunnel("{address: 192.0.2.1}", kRemote),
         {"3:5: local.subnets is missing; list the prefixes of that side, such as [10.0.0.0/16]"}},
        {tunnel("{address: 192.0.2.1, subnets: []}", kRemote), {"3:42: local.subnets: at least one prefix is needed"}},
        {tunnel("{address: 192.0.2.1, subnets: {a: b}}", kRemote), {"3:42: local.subnets: a list is expected"}},
        {tunnel("{address: 192.0.2.1, subnets: [[a]]}", kRemote),
         {"3:42: local.subnets: at least one prefix is needed",
          "3:43: local.subnets: each item of this list must be a single value"}},
        {tunnel("{address: 192.0.2.1, subnets: 10.0.0.5/16}", kRemote),
         {"3:42: local.subnets: '10.0.0.5/16' has host bits set; did you mean '10.0.0.0/16'?"}},
        {tunnel("{address: 192.0.2.1, subnets: '2001:db8::1/32'}", "{address: 192.0.2.2, subnets: '2001:db8::/32'}"),
         {"3:42: local.subnets: '2001:db8::1/32' has host bits set; did you mean '2001:db8::/32'?"}},
        {tunnel("{address: 192.0.2.1, subnets: [10.1.0.0/16, 10.3.0.0/16, 10.1.0.0/16]}", kRemote),
         {"3:69: local.subnets: '10.1.0.0/16' is listed twice"}},
        {tunnel("{address: 192.0.2.1, subnets: [10.1.0.0/16, 'fd00:1::/64']}", kRemote),
         {"3:56: local.subnets: 'fd00:1::/64' has no counterpart: remote.subnets has no IPv6 prefix"}},
        {tunnel("{address: 192.0.2.1, subnets: '10.1.0.0/16[tcp/x]'}", kRemote),
         {"3:42: local.subnets: '10.1.0.0/16[tcp/x]' has no valid port behind the slash; 0 to 65535, or two of these "
          "as a range, are accepted"}},
        {tunnel("{address: 192.0.2.1, subnets: 'fd00:1::/64'}", kRemote),
         {"3:42: local.subnets: 'fd00:1::/64' has no counterpart: remote.subnets has no IPv6 prefix",
          "4:44: remote.subnets: '10.2.0.0/16' has no counterpart: local.subnets has no IPv4 prefix"}},
    });
}

TEST_CASE("Wrong ways to prove who one is are refused, and no key is shown") {
    const std::string nothing =
        "5:5: auth.psk is missing; write one of psk, psk_file and psk_env, or certificate, key and ca";
    check({
        {tunnel(kLocal, kRemote, "{}"), {nothing}},
        {tunnel(kLocal, kRemote, "{psk: a, psk_env: B}"),
         {"5:29: auth.psk_env: there is psk as well; only one is accepted"}},
        {"defaults: {auth: {psk: a, psk_env: B}}\n" + tunnel(kLocal, kRemote, "{}"),
         {"1:36: auth.psk_env: there is psk as well; only one is accepted"}},
        {tunnel(kLocal, kRemote, "{psk:secret}"), {nothing, "5:12: a space is missing after 'psk:'"}},
        {tunnel(kLocal, kRemote, "secret"),
         {"5:11: a map with keys is expected here: psk, psk_file, psk_env, certificate, "
          "key, key_passphrase_file, ca, crl, revocation, ocsp, ppk_file, ppk_id, ppk_required, eap, user, "
          "password_file, users_file, aaa_id"}},
        {tunnel(kLocal, kRemote, "{psk: ''}"), {"5:17: auth.psk: the key is empty"}},
        {tunnel(kLocal, kRemote, "{psk: 0xSECRET}"),
         {"5:17: auth.psk: after 0x an even number of hexadecimal digits is expected"}},
        {tunnel(kLocal, kRemote, "{psk_env: ESPLANE_TEST_NO_SUCH}"),
         {"5:21: auth.psk_env: the environment has no variable 'ESPLANE_TEST_NO_SUCH'"}},
        {tunnel(kLocal, kRemote, "{psk_file: /nonexistent/key}"),
         {"5:22: auth.psk_file: cannot open '/nonexistent/key': No such file or directory"}},
        {tunnel(kLocal, kRemote, "{certificate: a.pem, key: b.pem, ca: c.pem}"),
         {"5:25: auth.certificate: cannot open 'a.pem': No such file or directory",
          "5:37: auth.key: cannot open 'b.pem': No such file or directory",
          "5:48: auth.ca: cannot open 'c.pem': No such file or directory"}},
        {tunnel(kLocal, kRemote, "{certificate: a.pem, ca: c.pem}"),
         {"5:5: auth.key is missing; write the file with the certificate's private key"}},
        {tunnel(kLocal, kRemote, "{psk: a, key: b.pem}"),
         {"5:25: auth.key: there is psk as well; only one is accepted"}},
        {kTunnel + "    profile: aws\n", {"6:5: 'profile' is not available yet; write the tunnel's parameters out"}},
    });
}

TEST_CASE("ML-KEM is refused where OpenSSL has none, groups as additional key exchanges are not") {
    std::vector<std::string> problems;
    if (!crypto::openssl_encapsulation().has(crypto::DhId::kMlKem768)) {
        problems.push_back("6:23: ike.proposals: mlkem768 needs OpenSSL 3.5 or later, and this is " +
                           crypto::openssl_version() + "; use another OpenSSL, or leave it out");
    }
    check({
        {kTunnel + "    ike: {proposals: [aes256gcm16-prfsha384-ecp384-ke1_mlkem768]}\n", problems},
        {kTunnel + "    ike: {proposals: [aes256gcm16-prfsha384-ecp384-ke1_x25519]}\n", {}},
    });
}

TEST_CASE("Wrong protection is refused") {
    const auto ike_error = [](const char* text) { return ike::parse_ike_proposal(text).error(); };
    const auto esp_error = [](const char* text) { return ike::parse_esp_proposal(text).error(); };
    check({
        {kTunnel + "    ike: {proposals: [3des-sha1-modp1024, aes256-sha256-modp2048, nonsense]}\n",
         {"6:23: ike.proposals: " + ike_error("3des-sha1-modp1024"), "6:67: ike.proposals: " + ike_error("nonsense")}},
        {kTunnel + "    esp: {proposals: [aes256gcm16-ecp256, aes256gcm16], pfs: required}\n",
         {"6:62: esp.pfs: required, but one of esp.proposals has no group; write all like aes256gcm16-ecp256"}},
        {kTunnel + "    esp: {proposals: [aes256gcm16], pfs: optional}\n",
         {"6:42: esp.pfs: optional, but none of esp.proposals has a group; write one like aes256gcm16-ecp256"}},
        {kTunnel + "    esp: {pfs: maybe}\n",
         {"6:16: esp.pfs: 'maybe' is not accepted; one of required, optional, off"}},
        {kTunnel + "    esp: {proposals: aes256-sha1}\n", {"6:22: esp.proposals: " + esp_error("aes256-sha1")}},
        {kTunnel + "    esp: {proposals: [null-sha256, aes256gmac]}\n",
         {"6:23: esp.proposals: null-sha256: null does not encrypt; use aes256gcm16, or for tests write gateway: "
          "{allow_insecure: yes}",
          "6:36: esp.proposals: aes256gmac: aes256gmac does not encrypt; use aes256gcm16, or for tests write gateway: "
          "{allow_insecure: yes}"}},
        {"gateway: {allow_insecure: yes}\n" + kTunnel + "    ike: {proposals: null-sha256-modp2048}\n",
         {"7:22: ike.proposals: null-sha256-modp2048: null does not encrypt; use aes256gcm16"}},
        {"gateway: {allow_insecure: yes}\n" + kTunnel + "    esp: {proposals: 'null'}\n",
         {"7:22: esp.proposals: null: null needs an integrity algorithm; add sha256"}},
        {kTunnel + "    esp: {proposals: []}\n", {"6:22: esp.proposals: at least one is needed"}},
        {kTunnel + "    esp: {lifetime: 9s}\n", {"6:21: esp.lifetime: '9s' is out of range: 10s to 30d"}},
        {kTunnel + "    ike: {lifetime: 31d}\n", {"6:21: ike.lifetime: '31d' is out of range: 10s to 30d"}},
        {kTunnel + "    esp: {lifetime: 5m, rekey_margin: 3m}\n",
         {"6:39: esp.rekey_margin: a lifetime of 5m must be more than twice the rekey_margin of 3m"}},
        {kTunnel + "    ike: {rekey_margin: 4h}\n",
         {"6:25: ike.rekey_margin: a lifetime of 8h must be more than twice the rekey_margin of 4h"}},
        {kTunnel + "    esp: {lifetime: 1x, rekey_margin: 3h}\n",
         {"6:21: esp.lifetime: '1x' is not a duration; write a number and ms, s, m, h or d, such as 90s or 8h"}},
        {"defaults: {esp: {rekey_margin: 10m}}\n" + kTunnel + "    esp: {lifetime: 15m}\n",
         {"7:21: esp.lifetime: a lifetime of 15m must be more than twice the rekey_margin of 10m"}},
        {kTunnel + "    esp: {lifetime_bytes: 999kB, lifetime_packets: 999}\n",
         {"6:27: esp.lifetime_bytes: '999kB' is out of range: 1MB to 1000PB",
          "6:52: esp.lifetime_packets: '999' is not a number from 1000 to 1000000000000000000"}},
        {kTunnel + "    esp: {lifetime_bytes: 100}\n",
         {"6:27: esp.lifetime_bytes: '100' has no unit; write kB, MB, GB, TB, or KiB, MiB, GiB, TiB behind the "
          "number"}},
        {kTunnel + "    esp: {tfc: yes}\n", {"6:16: esp.tfc: 'yes' is not accepted; one of none, mtu"}},
        {kTunnel + "    esp: {mode: host}\n", {"6:17: esp.mode: 'host' is not accepted; one of tunnel, transport"}},
        {kTunnel + "    esp: {replay_window: 1000}\n",
         {"6:26: esp.replay_window: '1000' is not accepted; did you mean 1024? write a power of 2 from 32 to 65536, or "
          "0 "
          "for no check"}},
        {kTunnel + "    esp: {replay_window: 131072}\n",
         {"6:26: esp.replay_window: '131072' is not accepted; write a power of 2 from 32 to 65536, or 0 for no check"}},
        {kTunnel + "    esp: {replay_window: 0}\n",
         {"6:26: esp.replay_window: extended sequence numbers need a window; write esn: no as well"}},
        {kTunnel + "    esp: {replay_window: 0, esn: no}\n", {}},
        {kTunnel + "    esp: {esn: maybe}\n", {"6:16: esp.esn: 'maybe' is not accepted; write yes or no"}},
        {kTunnel + "    dpd: {delay: 10, timeout: 1ms, action: reboot}\n",
         {"6:18: dpd.delay: '10' has no unit; write '10s' if seconds are meant (ms, s, m, h and d are accepted)",
          "6:31: dpd.timeout: '1ms' is out of range: 1s to 1d",
          "6:44: dpd.action: 'reboot' is not accepted; one of restart, clear, trap"}},
    });
}

TEST_CASE("Transport mode is for the gateways themselves") {
    const std::string mode = "    esp: {mode: transport}\n";
    const std::string host = "in transport mode a tunnel carries the packets of the two gateways themselves; write ";
    const std::string ours = "{address: 192.0.2.1}";
    const std::string theirs = "{address: 192.0.2.2}";
    check({
        {tunnel(ours, theirs) + mode, {}},
        {tunnel("{address: 192.0.2.1, subnets: 192.0.2.1/32}", "{address: 192.0.2.2, subnets: 192.0.2.2}") + mode, {}},
        {tunnel("{address: 'fd00::1'}", "{address: 'fd00::2', subnets: 'fd00::2/128'}") + mode, {}},
        {tunnel(ours, theirs) + mode + "    children: {a: {local: 192.0.2.1, remote: 192.0.2.2}}\n", {}},
        {"defaults: {esp: {mode: transport}}\n" + tunnel(ours, theirs), {}},
        {kTunnel + mode,
         {"3:43: local.subnets: " + host + "192.0.2.1, or leave it out",
          "4:44: remote.subnets: " + host + "192.0.2.2, or leave it out"}},
        {tunnel(ours, theirs) + mode + "    children: {a: {local: 192.0.2.1, remote: 10.2.0.0/16}}\n",
         {"7:46: children.a.remote: " + host + "192.0.2.2, or leave it out"}},
        {tunnel(ours, "{address: any, id: any}") + mode,
         {"6:17: esp.mode: transport is between two known addresses, and remote.address is any; write it, or write "
          "mode: tunnel"}},
        {tunnel("{id: gw.example.org}", theirs) + mode,
         {"6:17: esp.mode: transport is between two known addresses; write local.address, too"}},
        {tunnel(ours, theirs) + mode + "    encap: always\n",
         {"6:17: esp.mode: transport does not go through UDP; leave encap: always out, or write mode: tunnel"}},
    });
}

TEST_CASE("What contradicts itself is refused") {
    const std::string any = tunnel(kLocal, "{address: any, id: any, subnets: 10.2.0.0/16}");
    const std::string sizes = " is not accepted; write auto, or a number of octets from 576 to 65535";
    const std::string dscp =
        " is not accepted; write copy, zero, a number from 0 to 63, or a name such as ef, cs6 or af41";
    const std::string device =
        " cannot name a device; 1 to 15 of the characters A-Z a-z 0-9 - _ . are accepted, but not lo, all or default";
    check({
        {any + "    start: auto\n",
         {"6:12: start: remote.address is any, so that there is nobody to call; write start: listen"}},
        {any + "    start: on-demand\n",
         {"6:12: start: remote.address is any, so that there is nobody to call; write start: listen"}},
        {any + "    start: listen\n", {}},
        {kTunnel + "    mtu: 575\n", {"6:10: mtu: '575'" + sizes}},
        {tunnel("{address: 192.0.2.1, subnets: 'fd00:1::/64'}", "{address: 192.0.2.2, subnets: 'fd00:2::/64'}") +
             "    mtu: 1279\n",
         {"6:10: mtu: the tunnel carries IPv6, which needs 1280 at least"}},
        {kTunnel + "    mtu: 1400\n    mss: 1361\n",
         {"7:10: mss: does not fit into mtu 1400 with 40 octets of headers"}},
        {kTunnel + "    mtu: 1400\n    mss: 1360\n", {}},
        {kTunnel + "    fragment: afterwards\n",
         {"6:15: fragment: 'afterwards' is not accepted; one of before, after, never"}},
        {kTunnel + "    df: 1\n", {"6:9: df: '1' is not accepted; one of copy, set, clear"}},
        {kTunnel + "    dscp: 64\n", {"6:11: dscp: '64'" + dscp}},
        {kTunnel + "    dscp: af44\n", {"6:11: dscp: 'af44'" + dscp}},
        {kTunnel + "    fragment: after\n    df: set\n",
         {"6:15: fragment: after means fragments of the outer packet, which df: set forbids; write df: copy or df: "
          "clear, or fragment: before"}},
        {kTunnel + "    fragment: before\n    df: set\n", {}},
        {kTunnel + "    encap: yes\n", {"6:12: encap: 'yes' is not accepted; one of auto, always"}},
        {kTunnel + "    routes: yes\n", {"6:13: routes: 'yes' is not accepted; one of auto, none"}},
        {kTunnel + "    interface: a-name-too-long1\n", {"6:16: interface: 'a-name-too-long1'" + device}},
        {kTunnel + "    interface: a/b\n", {"6:16: interface: 'a/b'" + device}},
        {kTunnel + "    interface: esp%d\n", {"6:16: interface: 'esp%d'" + device}},
        {kTunnel + "    interface: ..\n", {"6:16: interface: '..'" + device}},
        {kTunnel + "    interface: all\n", {"6:16: interface: 'all'" + device}},
    });
}

TEST_CASE("Names of tunnels are words") {
    const std::string accepted = " cannot name a tunnel; 1 to 64 of the characters A-Z a-z 0-9 - _ . are accepted";
    for (const auto& [written, shown] : std::vector<std::pair<std::string, std::string>>{{"\"\\e[31m\"", "'\\x1b[31m'"},
                                                                                         {"a b", "'a b'"},
                                                                                         {"''", "''"},
                                                                                         {"\xc3\xa4", "'\\xc3\\xa4'"},
                                                                                         {"a/b", "'a/b'"}}) {
        std::string yaml = kTunnel;
        yaml.replace(yaml.find("a:"), 1, written);
        INFO(yaml);
        std::string problem = "2:3: " + shown;
        problem += accepted;
        CHECK(problems_of(yaml) == std::vector<std::string>{problem});
    }
    std::string longest = kTunnel;
    CHECK(problems_of(longest.replace(longest.find("a:"), 1, std::string(64, 'n'))).empty());
    std::string longer = kTunnel;
    CHECK(problems_of(longer.replace(longer.find("a:"), 1, std::string(65, 'n'))).size() == 1);
}

TEST_CASE("Tunnels that a peer or a packet could not tell apart are refused") {
    const std::string other_peer = "    remote: {address: 192.0.2.3, subnets: [10.2.0.0/16]}\n";
    const std::string local = "    local: {address: 192.0.2.1, subnets: [10.1.0.0/16]}\n";
    const std::string auth = "    auth: {psk: secret}\n";
    check({
        {kTunnel + "  b:\n" + local + "    remote: {address: 192.0.2.2, subnets: [10.3.0.0/16]}\n" + auth,
         {"6:3: has the same addresses and ids as tunnel 'a' (line 2), so that a peer could mean either; list all "
          "subnets "
          "in one tunnel, or give it another id"}},
        {kTunnel + "  b:\n" + local + other_peer + auth,
         {"6:3: has the same subnets and interface as tunnel 'a' (line 2), so that a packet could take either; give it "
          "an "
          "interface of its own"}},
        {kTunnel + "  b:\n" + local + other_peer + auth + "    interface: esp1\n",
         {"6:3: routes 10.2.0.0/16 into 'esp1', but tunnel 'a' (line 2) routes it into 'esp0'; write routes: none in "
          "one "
          "of them"}},
        {kTunnel + "  b:\n" + local + other_peer + auth + "    interface: esp1\n    routes: none\n", {}},
        {kTunnel + "    mtu: 1\n  b:\n" + local + other_peer + auth + "  c:\n" + local + other_peer + auth,
         {"6:10: mtu: '1' is not accepted; write auto, or a number of octets from 576 to 65535",
          "11:3: has the same addresses and ids as tunnel 'b' (line 7), so that a peer could mean either; list all "
          "subnets in one tunnel, or give it another id",
          "11:3: has the same subnets and interface as tunnel 'b' (line 7), so that a packet could take either; give "
          "it an "
          "interface of its own"}},
        {kTunnel + "  b:\n" + local + "    remote: {address: 192.0.2.2, id: '@b', subnets: [10.3.0.0/16]}\n" + auth,
         {}},
    });
}

}  // namespace
}  // namespace esplane::config
