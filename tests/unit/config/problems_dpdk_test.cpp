#include <catch2/catch.hpp>

#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::Case;
using testing::kTunnel;
using testing::problems_of;

const std::string kOn = "gateway: {dataplane: dpdk, workers: 2}\n";

/// A port that is right, and what a case adds to it at column 7 of line 7.
std::string port(const std::string& more) {
    return kOn +
           "dpdk:\n"
           "  ports:\n"
           "    - name: wan\n"
           "      device: 03:00.0\n"
           "      addresses: [203.0.113.1/24, 198.51.100.1/30, '2001:db8::1/64']\n"
           "      " +
           more + "\ntunnels: {}\n";
}

/// A port whose addresses, or another line of it, a case writes itself, at column 7 of line 6.
std::string bare_port(const std::string& line) {
    return kOn + "dpdk:\n  ports:\n    - name: wan\n      device: 03:00.0\n      " + line + "\ntunnels: {}\n";
}

/// Two ports, at column 7 of lines 4 and 5.
std::string two(const std::string& first, const std::string& second) {
    return kOn + "dpdk:\n  ports:\n    - " + first + "\n    - " + second + "\ntunnels: {}\n";
}

/// A port that is right, and what a case adds to `dpdk` at column 3 of line 4.
std::string dpdk(const std::string& more) {
    return kOn + "dpdk:\n  ports: [{name: wan, device: 03:00.0, addresses: 203.0.113.1/24}]\n  " + more +
           "\ntunnels: {}\n";
}

/// Tunnels behind one port of `role`; they begin at line 3.
std::string tunnels(const std::string& role, const std::string& yaml) {
    return "gateway: {dataplane: dpdk}\n"
           "dpdk: {host_interface: host0, ports: [{name: wan, role: " +
           role + ", device: 03:00.0, addresses: 192.0.2.1/24}]}\n" + yaml;
}

void check(const std::vector<Case>& cases) {
    for (const Case& test : cases) {
        INFO(test.yaml);
        CHECK(problems_of(test.yaml) == test.problems);
    }
}

TEST_CASE("The data plane dpdk and the section of its name need each other") {
    const std::string unused =
        "dpdk: gateway.dataplane is tun, which uses nothing of this; write gateway: {dataplane: dpdk}, or leave it out";
    const std::string ports = "{ports: [{name: a, device: 03:00.0, addresses: 203.0.113.1/24}]}\n";
    check({
        {kOn + "tunnels: {}\n",
         {"1:22: gateway.dataplane: dpdk needs ports; write them as dpdk: {ports: ...}, or write tun"}},
        {"dpdk: " + ports + "tunnels: {}\n", {"1:1: " + unused}},
        {"tunnels: {}\ngateway: {dataplane: tun}\ndpdk: " + ports, {"3:1: " + unused}},
        {"gateway: {dataplane: dpkd}\ndpdk: " + ports + "tunnels: {}\n",
         {"1:22: gateway.dataplane: 'dpkd' is not accepted; did you mean 'dpdk'? one of tun, dpdk"}},
        {"gateway: 7\ndpdk: " + ports + "tunnels: {}\n",
         {"1:10: a map with keys is expected here: dataplane, workers, poll, control_socket, metrics, log, "
          "allow_insecure, ike, state_directory"}},
        {kOn + "dpdk:\ntunnels: {}\n", {"2:1: dpdk.ports is missing; list them, each with name, device and addresses"}},
        {kOn + "dpdk: 7\ntunnels: {}\n", {"2:7: a map with keys is expected here: eal, host_interface, ports"}},
    });
}

TEST_CASE("What is wrong in dpdk is named with what is accepted") {
    check({
        {dpdk("port: []"),
         {"4:3: unknown key 'port'; did you mean 'ports'? accepted here: eal, host_interface, ports"}},
        {dpdk("host_interface: lo"),
         {"4:19: dpdk.host_interface: 'lo' cannot name a device; 1 to 15 of the characters A-Z a-z 0-9 - _ . are "
          "accepted, but not lo, all or default"}},
        {dpdk("eal: {m: 512}"), {"4:8: dpdk.eal: a list is expected"}},
        {dpdk("eal: [512]"), {"4:9: dpdk.eal: '512' stands behind no option; write them as [\"-m\", \"512\"]"}},
        {dpdk("eal: ['-m', '512', '8']"),
         {"4:22: dpdk.eal: '8' stands behind no option; write them as [\"-m\", \"512\"]"}},
        {dpdk("eal: -m 512"),
         {"4:8: dpdk.eal: '-m 512' is more than one argument; write each by itself: ['-m', '512']"}},
        {dpdk("eal: ['']"),
         {"4:9: dpdk.eal: '' is not an argument; write one option or one value of printable characters"}},
        {dpdk(R"(eal: ["-m\0"])"),
         {"4:9: dpdk.eal: '-m\\x00' is not an argument; write one option or one value of printable characters"}},
        {dpdk("eal: ['-l', 0-3]"), {"4:9: dpdk.eal: '-l' is not accepted: gateway.workers says which cpus are used"}},
        {dpdk("eal: -c0x3"), {"4:8: dpdk.eal: '-c0x3' is not accepted: gateway.workers says which cpus are used"}},
        {dpdk("eal: --lcores=0"),
         {"4:8: dpdk.eal: '--lcores=0' is not accepted: gateway.workers says which cpus are used"}},
        {dpdk("eal: --proc-type=auto"),
         {"4:8: dpdk.eal: '--proc-type=auto' is not accepted: the gateway is always the primary process"}},
        {dpdk("eal: [--vdev, net_null0]"),
         {"4:9: dpdk.eal: '--vdev' is not accepted: write the device as dpdk.ports[].device"}},
        {dpdk("eal: ['-a', '03:00.1']"),
         {"4:9: dpdk.eal: '-a' is not accepted: write the device as dpdk.ports[].device"}},
        {dpdk("eal: -b03:00.1"),
         {"4:8: dpdk.eal: '-b03:00.1' is not accepted: write the device as dpdk.ports[].device"}},
        {dpdk("eal: --help"),
         {"4:8: dpdk.eal: '--help' is not accepted: the EAL would print its options and end the program"}},
        {dpdk("eal: --in-memory"),
         {"4:8: dpdk.eal: '--in-memory' is not accepted: the gateway takes hugepages where enough are free, and shares "
          "them with nobody"}},
        {dpdk("eal: --no-pci"), {"4:8: dpdk.eal: '--no-pci' is not accepted: write the device as dpdk.ports[].device"}},
        {dpdk("eal: --no-huge"), {}},
        {dpdk("eal: --"), {"4:8: dpdk.eal: '--' is not accepted: what stands behind it is not the EAL's"}},
    });
}

TEST_CASE("Ports are a list of maps with a name, a device and addresses") {
    const std::string list = "dpdk.ports: a list of maps is expected, each behind a '-'";
    const std::string keys = "name, role, device, addresses, gateway, queues, mtu, vlan";
    const std::string name =
        "dpdk.ports[].name is missing; write a word by which messages and metrics know the port, such as wan";
    const std::string device =
        "dpdk.ports[].device is missing; write a PCI address, such as 0000:03:00.0, or a virtual device with its "
        "arguments";
    const std::string addresses =
        "dpdk.ports[].addresses is missing; list the port's own, such as [203.0.113.1/24, \"2001:db8::1/64\"]";
    std::string many = "{}";
    for (int i = 0; i < 32; ++i)
        many += ", {}";
    const auto ports = [](const std::string& text) { return kOn + "dpdk:\n  ports: " + text + "\ntunnels: {}\n"; };
    check({
        {ports(""), {"3:3: " + list}},
        {ports("{name: wan}"), {"3:10: " + list}},
        {ports("wan"), {"3:10: " + list}},
        {ports("[]"), {"3:10: dpdk.ports: from 1 to 32 are possible"}},
        {ports("[" + many + "]"), {"3:10: dpdk.ports: from 1 to 32 are possible"}},
        {ports("[wan]"), {"3:11: a map with keys is expected here: " + keys}},
        {ports("[{}]"), {"3:11: " + addresses, "3:11: " + device, "3:11: " + name}},
        {port("names: x"), {"7:7: unknown key 'names'; did you mean 'name'? accepted here: " + keys}},
        {port("name: x"), {"7:7: duplicate key 'name'; it is already at line 4, column 7"}},
        {ports("[{name: a b, device: 03:00.0, addresses: 203.0.113.1/24}]"),
         {"3:18: dpdk.ports[].name: 'a b' cannot name a port; 1 to 64 of the characters A-Z a-z 0-9 - _ . are "
          "accepted"}},
        {ports("[{name: a, device: eth0, addresses: 203.0.113.1/24}]"),
         {"3:29: dpdk.ports[].device: 'eth0' is not a device of DPDK; write a PCI address, such as 0000:03:00.0, or a "
          "virtual device with its arguments, such as net_af_packet0,iface=wan"}},
        {ports("[{name: a, device: net_af_packet0, addresses: 203.0.113.1/24}]"),
         {"3:29: dpdk.ports[].device: 'net_af_packet0' names no interface; write which of the kernel's it is, as "
          "net_af_packet0,iface=wan"}},
        {ports("[{name: a, device: 'net_af_packet0,qpairs=2,iface=', addresses: 203.0.113.1/24}]"),
         {"3:29: dpdk.ports[].device: 'net_af_packet0,qpairs=2,iface=' names no interface; write which of the kernel's "
          "it is, as net_af_packet0,iface=wan"}},
        {ports("[{name: a, device: 03:00.0, addresses: 203.0.113.1/24, role: clear}]"),
         {"3:10: dpdk.ports: none is on the cipher side, where the peers are; give one role: cipher or both"}},
    });
}

TEST_CASE("What is wrong in a port is named with what is accepted") {
    check({
        {port("role: wan"), {"7:13: dpdk.ports[].role: 'wan' is not accepted; one of clear, cipher, both"}},
        {port("queues: 1"),
         {"7:15: dpdk.ports[].queues: 1 for 2 workers (gateway.workers); each needs a queue: write 2 at least, or "
          "leave it out"}},
        {port("queues: 0"), {"7:15: dpdk.ports[].queues: '0' is not a number from 1 to 64"}},
        {port("queues: 65"), {"7:15: dpdk.ports[].queues: '65' is not a number from 1 to 64"}},
        {port("mtu: 575"), {"7:12: dpdk.ports[].mtu: '575' is not a number from 576 to 9700"}},
        {port("mtu: 9701"), {"7:12: dpdk.ports[].mtu: '9701' is not a number from 576 to 9700"}},
        {port("mtu: 1279"), {"7:12: dpdk.ports[].mtu: the port has an IPv6 address, which needs 1280 at least"}},
        {port("mtu: 1280"), {}},
        {port("vlan: 0"), {"7:13: dpdk.ports[].vlan: '0' is not a number from 1 to 4094"}},
        {port("vlan: 4095"), {"7:13: dpdk.ports[].vlan: '4095' is not a number from 1 to 4094"}},
    });
}

TEST_CASE("A port's addresses are those of hosts on its link") {
    const std::string host =
        " is not the address of a host: unspecified, multicast, broadcast and link-local addresses are not accepted";
    const std::string count = "from 1 to 32 are possible; write them as 203.0.113.1/24";
    std::string many = "203.0.113.1/24";
    for (int i = 2; i < 34; ++i)
        many += ", 203.0.113." + std::to_string(i) + "/24";
    const std::vector<std::pair<std::string, std::string>> lines = {
        {"[]", "18: dpdk.ports[].addresses: " + count},
        {"[" + many + "]", "18: dpdk.ports[].addresses: " + count},
        {"{a: b}", "18: dpdk.ports[].addresses: a list is expected"},
        {"wan/24", "18: dpdk.ports[].addresses: 'wan' is not an IP address; host names are not accepted"},
        {"0.0.0.0/0", "18: dpdk.ports[].addresses: '0.0.0.0'" + host},
        {"224.0.0.1/24", "18: dpdk.ports[].addresses: '224.0.0.1'" + host},
        {"255.255.255.255/8", "18: dpdk.ports[].addresses: '255.255.255.255'" + host},
        {"'fe80::1/64'", "18: dpdk.ports[].addresses: 'fe80::1'" + host},
        {"127.0.0.1/8", "18: dpdk.ports[].addresses: '127.0.0.1/8' is a loopback address, which no port has"},
        {"'::1/128'", "18: dpdk.ports[].addresses: '::1/128' is a loopback address, which no port has"},
        {"203.0.113.1",
         "18: dpdk.ports[].addresses: '203.0.113.1' has no prefix length; write it as 203.0.113.1/24 or "
         "2001:db8::1/64"},
        {"203.0.113.1/0",
         "18: dpdk.ports[].addresses: '203.0.113.1/0' has no valid prefix length; 1 to 32 is accepted here"},
        {"203.0.113.1/33",
         "18: dpdk.ports[].addresses: '203.0.113.1/33' has no valid prefix length; 1 to 32 is accepted here"},
        {"'2001:db8::1/129'",
         "18: dpdk.ports[].addresses: '2001:db8::1/129' has no valid prefix length; 1 to 128 is accepted here"},
        {"203.0.113.0/24",
         "18: dpdk.ports[].addresses: '203.0.113.0/24' is the address of the network 203.0.113.0/24 itself; write the "
         "address of a host"},
        {"203.0.113.127/25",
         "18: dpdk.ports[].addresses: '203.0.113.127/25' is the broadcast address of 203.0.113.0/25; write the address "
         "of a host"},
        {"'2001:db8::/64'",
         "18: dpdk.ports[].addresses: '2001:db8::/64' is the anycast address of all routers of 2001:db8::/64; write "
         "the address of a host"},
        {"[203.0.113.1/24, 203.0.113.1/25]",
         "35: dpdk.ports[].addresses: '203.0.113.1/25' is listed twice; write each address once"},
    };
    for (const auto& [addresses, problem] : lines) {
        INFO(addresses);
        CHECK(problems_of(bare_port("addresses: " + addresses)) == std::vector<std::string>{"6:" + problem});
    }
}

TEST_CASE("A port's gateway is a router on its link, one a family") {
    const std::string host =
        " is not the address of a host: unspecified, multicast, broadcast and link-local addresses are not accepted";
    const std::string links =
        " is not on the link of the port, which has 203.0.113.0/24, 198.51.100.0/30, 2001:db8::/64; write a router's "
        "address there";
    const std::vector<std::pair<std::string, std::string>> lines = {
        {"router", "16: dpdk.ports[].gateway: 'router' is not an IP address; host names are not accepted"},
        {"'fe80::1'", "16: dpdk.ports[].gateway: 'fe80::1'" + host},
        {"203.0.114.1", "16: dpdk.ports[].gateway: '203.0.114.1'" + links},
        {"'2001:db8:0:1::1'", "16: dpdk.ports[].gateway: '2001:db8:0:1::1'" + links},
        {"198.51.100.1",
         "16: dpdk.ports[].gateway: '198.51.100.1' is the port's own address; write that of the router"},
        {"203.0.113.0",
         "16: dpdk.ports[].gateway: '203.0.113.0' is the address of the network 203.0.113.0/24 itself; write that of "
         "the router"},
        {"198.51.100.3",
         "16: dpdk.ports[].gateway: '198.51.100.3' is the broadcast address of 198.51.100.0/30; write that of the "
         "router"},
        {"[203.0.113.254, '2001:db8::2', 198.51.100.2]",
         "47: dpdk.ports[].gateway: '198.51.100.2' is the second for IPv4; one for IPv4 and one for IPv6 are accepted"},
    };
    for (const auto& [gateway, problem] : lines) {
        INFO(gateway);
        CHECK(problems_of(port("gateway: " + gateway)) == std::vector<std::string>{"7:" + problem});
    }
    CHECK(problems_of(port("gateway: ['2001:db8::2', 198.51.100.2]")).empty());
    CHECK(problems_of(port("gateway: []")).empty());
    CHECK(problems_of(bare_port("{addresses: x, gateway: 192.0.2.1}")).size() == 1);
}

TEST_CASE("Two ports share no name, device or address, and no link on one side") {
    const std::string apart =
        ", so that a host could be behind either; give them prefixes that are apart, or the roles clear and cipher";
    check({
        {two("{name: a, device: 03:00.0, addresses: 10.0.0.1/24}",
             "{name: a, device: 03:00.1, addresses: 10.0.1.1/24}"),
         {"5:14: dpdk.ports[].name: port 'a' (line 4) has this name; give each its own"}},
        {two("{name: a, device: 03:00.0, addresses: 10.0.0.1/24}",
             "{name: b, device: '0000:03:00.0', addresses: 10.0.1.1/24}"),
         {"5:25: dpdk.ports[].device: '0000:03:00.0' is the device of port 'a' (line 4); write each device once"}},
        {two("{name: a, device: 'net_tap0,iface=x', addresses: 10.0.0.1/24}",
             "{name: b, device: 'net_tap0,iface=y', addresses: 10.0.1.1/24}"),
         {"5:25: dpdk.ports[].device: 'net_tap0' is the device of port 'a' (line 4); give each a name of its own, with "
          "another number at its end"}},
        {two("{name: a, device: 'net_tap0,iface=x', addresses: 10.0.0.1/24}",
             "{name: b, device: 'net_tap1,mac=fixed,iface=x', addresses: 10.0.1.1/24}"),
         {"5:25: dpdk.ports[].device: 'x' is the interface of port 'a' (line 4); give each port one of its own"}},
        {two("{name: a, device: 'net_tap0,iface=x', addresses: 10.0.0.1/24}",
             "{name: b, device: 'net_tap1,iface=xy', addresses: 10.0.1.1/24}"),
         {}},
        {two("{name: a, role: clear, device: 03:00.0, addresses: 10.0.0.1/24}",
             "{name: b, role: cipher, device: 03:00.1, addresses: [10.0.1.1/24, 10.0.0.1/32]}"),
         {"5:73: dpdk.ports[].addresses: '10.0.0.1/32' is an address of port 'a' (line 4); write each address once"}},
        {two("{name: a, device: 03:00.0, addresses: [192.0.2.1/24, 10.0.0.1/24]}",
             "{name: b, device: 03:00.1, addresses: 10.0.9.1/16}"),
         {"5:45: dpdk.ports[].addresses: '10.0.9.1/16' overlaps with '10.0.0.1/24' of port 'a' (line 4)" + apart}},
        {two("{name: a, device: 03:00.0, addresses: 10.0.9.1/16}",
             "{name: b, role: clear, device: 03:00.1, addresses: 10.0.0.1/24}"),
         {"5:58: dpdk.ports[].addresses: '10.0.0.1/24' overlaps with '10.0.9.1/16' of port 'a' (line 4)" + apart}},
        {two("{name: a, role: cipher, device: 03:00.0, addresses: '2001:db8::1/64'}",
             "{name: b, role: cipher, device: 03:00.1, addresses: '2001:db8::2/64'}"),
         {"5:59: dpdk.ports[].addresses: '2001:db8::2/64' overlaps with '2001:db8::1/64' of port 'a' (line 4)" +
          apart}},
        {two("{name: a, role: clear, device: 03:00.0, addresses: 10.0.0.1/24}",
             "{name: a, role: wan, device: 03:00.0, addresses: 10.0.0.1/24}"),
         {"5:23: dpdk.ports[].role: 'wan' is not accepted; one of clear, cipher, both"}},
    });
}

TEST_CASE("A tunnel uses the addresses and the clear side that the ports have") {
    std::string elsewhere = kTunnel;
    elsewhere.replace(elsewhere.find("192.0.2.1"), 9, "192.0.2.9");
    const std::string own = " is not an address of a port with role cipher or both; these are 192.0.2.1";
    const std::string ipv6 =
        "tunnels:\n  a:\n    local: {id: a, subnets: 10.1.0.0/16}\n    auth: {psk: x}\n"
        "    remote: {address: '2001:db8::2', subnets: 10.2.0.0/16}\n";
    const std::string no_device =
        "the clear side is port 'wan' of DPDK, without a TUN device or routes of the kernel; leave it out";
    check({
        {tunnels("both", kTunnel), {}},
        {tunnels("cipher", elsewhere), {"5:22: local.address: '192.0.2.9'" + own}},
        {tunnels("both", "defaults: {local: {address: 192.0.2.9}}\ntunnels: {}\n"),
         {"3:29: local.address: '192.0.2.9'" + own}},
        {tunnels("cipher", ipv6),
         {"7:23: remote.address: no port with role cipher or both has an IPv6 address; give one to a port"}},
        {tunnels("both", kTunnel + "    interface: esp0\n    routes: none\n"),
         {"8:16: interface: " + no_device, "9:13: routes: " + no_device}},
        {tunnels("both", "defaults: {routes: auto}\n" + kTunnel), {"3:20: routes: " + no_device}},
        {tunnels("cipher", kTunnel + "    interface: host0\n"),
         {"8:16: interface: 'host0' is dpdk.host_interface; give one of the two another name"}},
        {"gateway: {dataplane: dpdk}\ndpdk: {host_interface: esp0, ports: [{name: a, role: cipher, device: 03:00.0, "
         "addresses: 192.0.2.1/24}]}\ndefaults: {}\n" +
             kTunnel,
         {"5:3: interface: 'esp0' is dpdk.host_interface; give one of the two another name"}},
        {tunnels("both", kTunnel + "  b:\n    local: {address: 192.0.2.1, subnets: [10.1.0.0/16]}\n"
                                   "    remote: {address: 192.0.2.3, subnets: [10.2.0.0/16]}\n    auth: {psk: x}\n"),
         {"8:3: has the same subnets as tunnel 'a' (line 4), so that a packet could take either; leave them out in one "
          "of the two"}},
        {tunnels("wan", elsewhere + "    interface: esp0\n"),
         {"2:57: dpdk.ports[].role: 'wan' is not accepted; one of clear, cipher, both"}},
    });
}

TEST_CASE("A tunnel's address may be of no port of the clear side") {
    CHECK(
        problems_of("gateway: {dataplane: dpdk}\n"
                    "dpdk:\n"
                    "  ports:\n"
                    "    - {name: lan, role: clear, device: 03:00.0, addresses: [192.0.2.1/24, '2001:db8::1/64']}\n"
                    "    - {name: wan, role: cipher, device: 03:00.1, addresses: [198.51.100.1/24, 203.0.113.1/24]}\n" +
                    kTunnel) ==
        std::vector<std::string>{"8:22: local.address: '192.0.2.1' is not an address of a port with role cipher or "
                                 "both; these are 198.51.100.1, 203.0.113.1"});
}

TEST_CASE("A peer is at no address of the gateway's own") {
    const std::string ports =
        "gateway: {dataplane: dpdk}\n"
        "dpdk:\n"
        "  ports:\n"
        "    - {name: lan, role: clear, device: 03:00.0, addresses: 192.0.2.2/24}\n"
        "    - {name: wan, role: cipher, device: 03:00.1, addresses: 192.0.2.1/24}\n";
    check({{ports + kTunnel, {"9:23: remote.address: '192.0.2.2' is an address of port 'lan'; write the peer's"}}});
    std::string itself = kTunnel;
    itself.replace(itself.find("192.0.2.2"), 9, "192.0.2.1");
    check({{ports + itself, {"9:23: remote.address: is local.address, too; write the peer's"}},
           {itself, {"4:23: remote.address: is local.address, too; write the peer's"}}});
}

}  // namespace
}  // namespace esplane::config
