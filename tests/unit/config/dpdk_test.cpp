// The ports of DPDK that load, and what becomes of their values.
#include <catch2/catch.hpp>

#include "config/dpdk_values.h"
#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using dataplane::PortAddress;
using dataplane::PortRole;
using testing::kTunnel;

gateway::Options load(const std::string& yaml) {
    auto loaded = load_text(yaml, "f", "");
    if (!loaded) {
        for (const Problem& problem : loaded.error())
            UNSCOPED_INFO(problem.to_string());
        FAIL("the configuration does not load");
    }
    return std::move(loaded).value();
}

dataplane::DpdkOptions ports_of(const std::string& yaml) {
    const gateway::Options options = load(yaml);
    REQUIRE(options.dataplane.dpdk);
    return *options.dataplane.dpdk;
}

PortAddress own(const char* address, std::uint8_t length) {
    return {IpAddress::parse(address).value(), length};
}

TEST_CASE("Without DPDK there are no ports") {
    CHECK_FALSE(load(kTunnel).dataplane.dpdk);
    CHECK_FALSE(load("gateway: {dataplane: tun}\n" + kTunnel).dataplane.dpdk);
}

TEST_CASE("Everything that can be written of DPDK is read") {
    const dataplane::DpdkOptions options = ports_of(R"(
gateway: {dataplane: dpdk, workers: 2}
dpdk:
  eal: ["-m", "512", --file-prefix=esplane, "--log-level", "pmd.net:debug"]
  host_interface: esp-host
  ports:
    - name: wan
      role: cipher
      device: 03:00.0
      addresses: [203.0.113.1/24, "2001:db8::1/64"]
      gateway: [203.0.113.254, "2001:db8::fe"]
      queues: 4
      mtu: 9000
      vlan: 100
    - name: lan
      role: clear
      device: net_af_packet0,iface=lan
      addresses: 10.1.0.1/16
tunnels: {}
)");
    CHECK(options.host_interface == "esp-host");
    CHECK(options.eal ==
          std::vector<std::string>{"-m", "512", "--file-prefix=esplane", "--log-level", "pmd.net:debug"});
    REQUIRE(options.ports.size() == 2);
    const dataplane::PortOptions& wan = options.ports[0];
    CHECK(wan.name == "wan");
    CHECK(wan.role == PortRole::kCipher);
    CHECK(wan.device == "0000:03:00.0");
    CHECK(wan.device_at.place == "f:9:15");
    CHECK(options.eal_at.place == "f:4:8");
    CHECK(wan.addresses == std::vector<PortAddress>{own("203.0.113.1", 24), own("2001:db8::1", 64)});
    CHECK(wan.gateways == std::vector<IpAddress>{own("203.0.113.254", 0).address, own("2001:db8::fe", 0).address});
    CHECK(wan.queues == 4);
    CHECK(wan.mtu_bytes == 9000);
    CHECK(wan.vlan == 100);

    const dataplane::PortOptions& lan = options.ports[1];
    CHECK(lan.role == PortRole::kClear);
    CHECK(lan.device == "net_af_packet0,iface=lan");
    CHECK(lan.addresses == std::vector<PortAddress>{own("10.1.0.1", 16)});
}

TEST_CASE("What is not written of a port has its default") {
    const dataplane::DpdkOptions options = ports_of(R"(
gateway: {dataplane: dpdk, workers: 3}
dpdk: {ports: [{name: a, device: 0000:03:00.0, addresses: 203.0.113.1/24}]}
tunnels: {}
)");
    CHECK(options.eal.empty());
    REQUIRE(options.ports.size() == 1);
    CHECK(options.ports[0].role == PortRole::kBoth);
    CHECK(options.ports[0].gateways.empty());
    CHECK(options.ports[0].queues == 0);
    CHECK(options.ports[0].mtu_bytes == 1500);
    CHECK_FALSE(options.ports[0].vlan);
}

TEST_CASE("Links may overlap where the two ports are on different sides") {
    const dataplane::DpdkOptions options = ports_of(R"(
gateway: {dataplane: dpdk}
dpdk:
  ports:
    - {name: a, role: cipher, device: 03:00.0, addresses: [10.0.0.1/8, 10.0.0.2/8]}
    - {name: b, role: clear, device: 03:00.1, addresses: 10.1.0.1/16}
tunnels: {}
)");
    CHECK(options.ports.size() == 2);
}

TEST_CASE("Tunnels go with ports that have their addresses") {
    const std::string dpdk =
        "gateway: {dataplane: dpdk}\n"
        "dpdk: {ports: [{name: a, role: cipher, device: 03:00.0, addresses: 192.0.2.1/24}]}\n";
    CHECK(load(dpdk + kTunnel + "    interface: esp1\n    routes: none\n").tunnels[0].interface == "esp1");
    CHECK(load(dpdk + "tunnels: {a: {local: {id: a, subnets: 10.1.0.0/16}, auth: {psk: x}, "
                      "remote: {address: any, id: any, subnets: 10.2.0.0/16}}}\n")
              .tunnels.size() == 1);
}

TEST_CASE("A device is a PCI address in one form, or a virtual device as it is written") {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"0000:03:00.0", "0000:03:00.0"},
             {"03:00.0", "0000:03:00.0"},
             {"3:0.1", "0000:03:00.1"},
             {"00:1F.7", "0000:00:1f.7"},
             {"10000:e1:00.0", "10000:e1:00.0"},
             {"net_tap0", "net_tap0"},
             {"net_null", "net_null"},
             {"net_af_packet0,iface=wan", "net_af_packet0,iface=wan"},
             {"net_pcap1,rx_pcap=/a b,tx_pcap=/c", "net_pcap1,rx_pcap=/a b,tx_pcap=/c"},
             {"net_" + std::string(59, 'x'), "net_" + std::string(59, 'x')}}) {
        INFO(text);
        const auto device = parse_device(text);
        REQUIRE(device);
        CHECK(device.value() == expected);
    }
    for (const std::string text : {"",
                                   "eth0",
                                   "03:00",
                                   "00.0",
                                   ":00.0",
                                   "03:.0",
                                   "03:00.",
                                   "03:00.8",
                                   "03:20.0",
                                   "103:00.0",
                                   "0000:03:00:0",
                                   "x:03:00.0",
                                   "-1:03:00.0",
                                   "123456789:03:00.0",
                                   "0000:03:00.0,mac=1",
                                   "0x03:00.0",
                                   "net_",
                                   "net_,iface=wan",
                                   "net tap0",
                                   "net_t@p0",
                                   "eth_af_packet0,iface=wan",
                                   "crypto_aesni_mb0",
                                   "net_tap0,iface=\n"}) {
        INFO(text);
        CHECK_FALSE(parse_device(text));
    }
    CHECK_FALSE(parse_device("net_" + std::string(60, 'x')));
    CHECK(device_name("net_tap0,iface=a,mac=b") == "net_tap0");
    CHECK(device_name("0000:03:00.0") == "0000:03:00.0");
}

TEST_CASE("A port's address is a host's, with the length of its link's prefix") {
    for (const auto& [text, link] :
         std::vector<std::pair<std::string, std::string>>{{"203.0.113.1/24", "203.0.113.0/24"},
                                                          {"203.0.113.0/31", "203.0.113.0/31"},
                                                          {"203.0.113.1/31", "203.0.113.0/31"},
                                                          {"203.0.113.0/32", "203.0.113.0/32"},
                                                          {"169.254.10.1/30", "169.254.10.0/30"},
                                                          {"2001:db8::1/64", "2001:db8::/64"},
                                                          {"2001:db8::/127", "2001:db8::/127"},
                                                          {"2001:db8::ffff/112", "2001:db8::/112"}}) {
        INFO(text);
        const auto address = parse_port_address(text);
        REQUIRE(address);
        CHECK(link_of(*address) == Prefix::parse(link));
    }
}

TEST_CASE("Arguments of the EAL are taken unless the gateway says the same or could not start") {
    for (const char* text : {"-m", "512", "-n4", "-d", "--file-prefix", "--file-prefix=x", "--no-huge",
                             "--log-level=lib.eal:debug", "--huge-dir=/a b", "--iova-mode=va", "--no-telemetry", "-r2",
                             "--socket-mem", "--vfio-intr=msix", "--base-virtaddr=0x1", "--lib"}) {
        INFO(text);
        const auto argument = parse_eal_argument(text);
        REQUIRE(argument);
        CHECK(argument.value() == text);
    }
    for (const char* text : {"--in-memory",
                             "--legacy-mem",
                             "--no-shconf",
                             "--no-pci",
                             "-l",
                             "-l0-3",
                             "-c",
                             "-c0x3",
                             "-s1",
                             "-S1",
                             "--lcores",
                             "--lcores=0",
                             "--lcor=0",
                             "--main-lcore=1",
                             "--vdev",
                             "--vdev=net_null0",
                             "-a03:00.0",
                             "--allow=03:00.0",
                             "-b",
                             "--block=03:00.0",
                             "--proc-type=secondary",
                             "--proc",
                             "-h",
                             "--help",
                             "--"}) {
        INFO(text);
        CHECK_FALSE(parse_eal_argument(text));
    }
}

}  // namespace
}  // namespace esplane::config
