#include "config/load.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using namespace std::chrono_literals;
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

std::string psk_of(const gateway::TunnelOptions& tunnel) {
    REQUIRE(tunnel.ike.psk != nullptr);
    const ByteView view = tunnel.ike.psk->view();
    return {view.begin(), view.end()};
}

template <typename T>
std::vector<std::string> texts(const std::vector<T>& values) {
    std::vector<std::string> result;
    for (const T& value : values) {
        if constexpr (requires { value.to_string(); }) {
            result.push_back(value.to_string());
        } else {
            result.push_back(to_string(value));
        }
    }
    return result;
}

using Texts = std::vector<std::string>;

TEST_CASE("What is not written has its default") {
    const gateway::Options options = load(kTunnel);
    CHECK(options.control_socket == "/run/esplane/control.sock");
    CHECK(options.state_directory == "/var/lib/esplane");
    CHECK_FALSE(options.metrics);
    CHECK(options.log == gateway::LogLevel::kInfo);
    CHECK(options.dataplane.cpus == std::vector<int>{-1});
    CHECK(options.ike.retransmit_first == 500ms);
    CHECK(options.ike.retransmit_tries == 5);
    CHECK(options.ike.retry_interval == 10s);
    CHECK(options.ike.cookie_threshold == 32);
    CHECK(options.ike.half_open_limit == 8192);

    REQUIRE(options.tunnels.size() == 1);
    const gateway::TunnelOptions& tunnel = options.tunnels[0];
    CHECK(tunnel.interface == "esp0");
    CHECK(tunnel.routes);
    CHECK_FALSE(tunnel.mtu_bytes);
    CHECK_FALSE(tunnel.mss_bytes);
    CHECK(tunnel.fragment == dataplane::FragmentPolicy::kBefore);
    CHECK(tunnel.df == dataplane::DfPolicy::kCopy);
    CHECK(tunnel.dscp == dataplane::DscpPolicy::copy());
    CHECK(texts(tunnel.local_prefixes) == Texts{"10.1.0.0/16"});
    CHECK(texts(tunnel.remote_prefixes) == Texts{"10.2.0.0/16"});

    const ike::TunnelOptions& ike = tunnel.ike;
    CHECK(to_number(ike.id) == 0);
    CHECK(ike.name == "a");
    CHECK(ike.local_address == IpAddress::parse("192.0.2.1"));
    CHECK(ike.remote_address == IpAddress::parse("192.0.2.2"));
    CHECK(ike.local_id == ike::Identity::parse("192.0.2.1"));
    CHECK(ike.remote_id.exact() == ike::Identity::parse("192.0.2.2"));
    CHECK(psk_of(tunnel) == "secret");
    CHECK(texts(ike.ike_proposals) ==
          Texts{"aes256gcm16-prfsha256-ecp256", "aes256gcm16-prfsha384-ecp384", "aes256-sha256-modp2048"});
    CHECK(texts(ike.esp_proposals) == Texts{"aes256gcm16-ecp256", "aes256gcm16"});
    CHECK(ike.ike_lifetime == 8h);
    CHECK(ike.ike_rekey_margin == 9min);
    CHECK(ike.esp_lifetime == 1h);
    CHECK(ike.esp_rekey_margin == 3min);
    CHECK(texts(ike.children[0].selectors.local) == Texts{"10.1.0.0/16"});
    CHECK(texts(ike.children[0].selectors.remote) == Texts{"10.2.0.0/16"});
    CHECK_FALSE(tunnel.tfc_to_mtu);
    CHECK(ike.esp_lifetime_bytes == 0);
    CHECK(ike.esp_lifetime_packets == 0);
    CHECK(ike.mode == dataplane::Mode::kTunnel);
    CHECK(ike.esn);
    CHECK(ike.replay_window == 1024);
    CHECK(ike.dpd.delay == 10s);
    CHECK(ike.dpd.timeout == 30s);
    CHECK(ike.dpd.action == ike::DpdAction::kRestart);
    CHECK(ike.start == ike::StartMode::kAuto);
    CHECK_FALSE(ike.force_encap);
}

TEST_CASE("Everything that can be written is read") {
    ::setenv("ESPLANE_TEST_PSK", "0x4142", 1);
    const gateway::Options options = load(R"(
gateway:
  dataplane: tun
  workers: [3, 0]
  poll: busy
  control_socket: /run/x.sock
  state_directory: /srv/esplane
  metrics: "[::1]:9510"
  log: debug
  ike: {retransmit: 200ms, retries: 3, retry_interval: 2s, cookie_threshold: 0, half_open_limit: 10}
tunnels:
  aws-1.x_Y:
    local: {id: "@left", subnets: [10.1.0.0/16, "fd00:1::/64", 10.3.0.1]}
    remote: {address: any, id: "*.example.org", subnets: [0.0.0.0/0, "::/0"]}
    auth: {psk_env: ESPLANE_TEST_PSK}
    ike: {proposals: aes128-sha512-x25519, lifetime: 1h, rekey_margin: 29m}
    esp: {proposals: [aes128gcm16, aes256gcm16-modp4096], lifetime: 20s, rekey_margin: 9s, lifetime_bytes: 100GB,
          lifetime_packets: 5000000000, tfc: mtu, mode: tunnel, replay_window: 0, esn: no}
    dpd: {delay: 0s, timeout: 5s, action: trap}
    start: listen
    encap: always
    mtu: 1280
    mss: 1200
    fragment: after
    df: clear
    dscp: af41
    interface: esp-1
    routes: none
)");
    ::unsetenv("ESPLANE_TEST_PSK");
    CHECK(options.dataplane.cpus == std::vector<int>{3, 0});
    CHECK(options.dataplane.poll == dataplane::PollPolicy::kBusy);
    CHECK(options.control_socket == "/run/x.sock");
    CHECK(options.state_directory == "/srv/esplane");
    REQUIRE(options.metrics);
    CHECK(options.metrics->to_string() == "[::1]:9510");
    CHECK(options.log == gateway::LogLevel::kDebug);
    CHECK(options.ike.retransmit_first == 200ms);
    CHECK(options.ike.retransmit_tries == 3);
    CHECK(options.ike.retry_interval == 2s);
    CHECK(options.ike.cookie_threshold == 0);
    CHECK(options.ike.half_open_limit == 10);

    REQUIRE(options.tunnels.size() == 1);
    const gateway::TunnelOptions& tunnel = options.tunnels[0];
    const ike::TunnelOptions& ike = tunnel.ike;
    CHECK(ike.name == "aws-1.x_Y");
    CHECK_FALSE(ike.local_address);
    CHECK_FALSE(ike.remote_address);
    CHECK(ike.local_id == ike::Identity::parse("@left"));
    CHECK_FALSE(ike.remote_id.exact());
    CHECK(ike.remote_id.matches(*ike::Identity::parse("gw.example.org")));
    CHECK_FALSE(ike.remote_id.matches(*ike::Identity::parse("gw.example.com")));
    CHECK(psk_of(tunnel) == "AB");
    CHECK(texts(ike.ike_proposals) == Texts{to_string(*ike::parse_ike_proposal("aes128-sha512-x25519"))});
    CHECK(texts(ike.esp_proposals) == Texts{"aes128gcm16", "aes256gcm16-modp4096"});
    CHECK(ike.ike_lifetime == 1h);
    CHECK(ike.ike_rekey_margin == 29min);
    CHECK(ike.esp_lifetime == 20s);
    CHECK(ike.esp_rekey_margin == 9s);
    CHECK(tunnel.tfc_to_mtu);
    CHECK(ike.esp_lifetime_bytes == 100'000'000'000);
    CHECK(ike.esp_lifetime_packets == 5'000'000'000);
    CHECK(ike.replay_window == 0);
    CHECK_FALSE(ike.esn);
    CHECK(ike.dpd.delay == 0s);
    CHECK(ike.dpd.timeout == 5s);
    CHECK(ike.dpd.action == ike::DpdAction::kTrap);
    CHECK(ike.start == ike::StartMode::kListen);
    CHECK(ike.force_encap);
    CHECK(tunnel.mtu_bytes == 1280U);
    CHECK(tunnel.mss_bytes == 1200U);
    CHECK(tunnel.fragment == dataplane::FragmentPolicy::kAfter);
    CHECK(tunnel.df == dataplane::DfPolicy::kClear);
    CHECK(tunnel.dscp == dataplane::DscpPolicy::fixed(34));
    CHECK(tunnel.interface == "esp-1");
    CHECK_FALSE(tunnel.routes);
    CHECK(texts(tunnel.local_prefixes) == Texts{"10.1.0.0/16", "fd00:1::/64", "10.3.0.1/32"});
    CHECK(texts(tunnel.remote_prefixes) == Texts{"0.0.0.0/0", "::/0"});
    CHECK(ike.children[0].selectors.local.size() == 3);
    CHECK(ike.children[0].selectors.remote.size() == 2);
}

TEST_CASE("Workers are counted, or pinned one by one") {
    const auto cpus = [](const std::string& workers) {
        return load("gateway: {workers: " + workers + "}\ntunnels: {}\n").dataplane.cpus;
    };
    CHECK(cpus("1") == std::vector<int>{-1});
    CHECK(cpus("3") == std::vector<int>{-1, -1, -1});
    CHECK(cpus("[3]") == std::vector<int>{3});
    CHECK(cpus("[7, 0, 1023]") == std::vector<int>{7, 0, 1023});
    CHECK(cpus("64").size() == 64);
    CHECK(load("gateway:\n  workers: [1, 2]\ntunnels: {}\n").dataplane.cpus_at.place == "f:2:12");
}

TEST_CASE("A cloud tunnel as people write it loads") {
    const gateway::Options options = load(R"(
gateway:
  dataplane: tun                  # tun (default)
  workers: 1
  control_socket: /run/esplane/control.sock
  metrics: 127.0.0.1:9510         # absent: off
  log: info
defaults:                         # anything a tunnel may say, for all tunnels
  dpd: {delay: 10s, timeout: 30s, action: restart}
tunnels:
  aws-1:
    local:  {address: 203.0.113.1, id: 203.0.113.1, subnets: [10.0.0.0/16]}
    remote: {address: 52.10.20.30, id: 52.10.20.30, subnets: [172.16.0.0/16]}
    auth:   {psk: "v3ry.s3cret_"}
    ike:    {proposals: [aes256-sha256-modp2048], lifetime: 8h}
    esp:    {proposals: [aes256gcm16-modp2048], lifetime: 1h, rekey_margin: 3m, mode: tunnel, replay_window: 1024, esn: yes}
    dpd:    {delay: 10s, timeout: 30s, action: restart}
    start:  auto
    encap:  auto
    mtu:    auto
    mss:    auto
    interface: esp0
    routes: auto
)");
    REQUIRE(options.metrics);
    CHECK(options.metrics->to_string() == "127.0.0.1:9510");
    REQUIRE(options.tunnels.size() == 1);
    CHECK(texts(options.tunnels[0].ike.ike_proposals) == Texts{"aes256-sha256-modp2048"});
    CHECK(texts(options.tunnels[0].ike.esp_proposals) == Texts{"aes256gcm16-modp2048"});
}

TEST_CASE("A tunnel for any peer listens unless told otherwise") {
    const std::string yaml =
        "tunnels: {a: {local: {address: 192.0.2.1, subnets: 10.1.0.0/16}, remote: {address: any, id: any, subnets: "
        "10.2.0.0/16}, auth: {psk: x}}}\n";
    CHECK(load(yaml).tunnels[0].ike.start == ike::StartMode::kListen);
}

TEST_CASE("In transport mode subnets default to the gateways themselves") {
    const auto tunnel = load(
                            "tunnels: {a: {local: {address: 192.0.2.1}, remote: {address: 192.0.2.2}, auth: {psk: x}, "
                            "esp: {mode: transport}}}\n")
                            .tunnels[0];
    CHECK(tunnel.ike.mode == dataplane::Mode::kTransport);
    REQUIRE(tunnel.ike.children.size() == 1);
    CHECK(texts(tunnel.ike.children[0].selectors.local) == Texts{"192.0.2.1/32"});
    CHECK(texts(tunnel.ike.children[0].selectors.remote) == Texts{"192.0.2.2/32"});
    CHECK(texts(tunnel.remote_prefixes) == Texts{"192.0.2.2/32"});
}

TEST_CASE("Who allows it may leave encryption out") {
    const auto options = load("gateway: {allow_insecure: yes}\n" + kTunnel +
                              "    esp: {proposals: [null-sha256, null-sha384, null-sha512-ecp256, aes128gmac, "
                              "aes192gmac, aes256gmac-modp2048, aes256gcm16]}\n");
    CHECK(options.allow_insecure);
    const auto& proposals = options.tunnels[0].ike.esp_proposals;
    CHECK(texts(proposals) == Texts{"null-sha256", "null-sha384", "null-sha512-ecp256", "aes128gmac", "aes192gmac",
                                    "aes256gmac-modp2048", "aes256gcm16"});
    for (std::size_t i = 0; i < proposals.size(); ++i)
        CHECK(ike::encrypts(proposals[i]) == (i == 6));
}

TEST_CASE("A DSCP is copied, none, a number or a name") {
    const auto dscp = [](const std::string& text) {
        return load(kTunnel + "    dscp: " + text + "\n").tunnels[0].dscp;
    };
    CHECK(dscp("copy") == dataplane::DscpPolicy::copy());
    for (const auto& [text, value] : std::vector<std::pair<std::string, std::uint8_t>>{{"zero", 0},
                                                                                       {"0", 0},
                                                                                       {"63", 63},
                                                                                       {"ef", 46},
                                                                                       {"cs6", 48},
                                                                                       {"af11", 10},
                                                                                       {"af43", 38},
                                                                                       {"va", 44},
                                                                                       {"le", 1}}) {
        INFO(text);
        CHECK(dscp(text) == dataplane::DscpPolicy::fixed(value));
    }
}

TEST_CASE("A margin that is not written follows a short lifetime") {
    const auto margins = [](const std::string& lifetime) {
        const auto tunnel =
            load(kTunnel + "    ike: {lifetime: " + lifetime + "}\n    esp: {lifetime: " + lifetime + "}\n")
                .tunnels[0]
                .ike;
        return std::pair(tunnel.ike_rekey_margin, tunnel.esp_rekey_margin);
    };
    CHECK(margins("10s") == std::pair<std::chrono::milliseconds, std::chrono::milliseconds>(1s, 1s));
    CHECK(margins("10m") == std::pair<std::chrono::milliseconds, std::chrono::milliseconds>(1min, 1min));
    CHECK(margins("30m") == std::pair<std::chrono::milliseconds, std::chrono::milliseconds>(3min, 3min));
    CHECK(margins("90m") == std::pair<std::chrono::milliseconds, std::chrono::milliseconds>(9min, 3min));
    CHECK(margins("30d") == std::pair<std::chrono::milliseconds, std::chrono::milliseconds>(9min, 3min));
}

TEST_CASE("Defaults lie beneath each tunnel, key by key") {
    const gateway::Options options = load(R"(
defaults:
  local: {address: 192.0.2.1, id: gw.example.org, subnets: [10.1.0.0/16]}
  auth: {psk: shared}
  esp: {lifetime: 30m, replay_window: 64, proposals: [aes128gcm16, aes256gcm16]}
  dpd: {delay: 1s, action: clear}
  mtu: 1300
  routes: none
tunnels:
  a:
    remote: {address: 192.0.2.2, subnets: [10.2.0.0/16]}
  b:
    local: {id: b.example.org, subnets: 10.9.0.0/16}
    remote: {address: 192.0.2.3, subnets: [10.3.0.0/16]}
    auth: {psk: "own"}
    esp: {lifetime: 20m, proposals: aes192gcm16}
    dpd: {action: trap}
    mtu: auto
)");
    REQUIRE(options.tunnels.size() == 2);
    const gateway::TunnelOptions& a = options.tunnels[0];
    CHECK(a.ike.local_id == ike::Identity::parse("gw.example.org"));
    CHECK(texts(a.local_prefixes) == Texts{"10.1.0.0/16"});
    CHECK(psk_of(a) == "shared");
    CHECK(a.ike.esp_lifetime == 30min);
    CHECK(a.ike.esp_rekey_margin == 3min);
    CHECK(a.ike.replay_window == 64);
    CHECK(texts(a.ike.esp_proposals) == Texts{"aes128gcm16", "aes256gcm16"});
    CHECK(a.ike.dpd.action == ike::DpdAction::kClear);
    CHECK(a.mtu_bytes == 1300U);

    const gateway::TunnelOptions& b = options.tunnels[1];
    CHECK(b.ike.local_address == IpAddress::parse("192.0.2.1"));
    CHECK(b.ike.local_id == ike::Identity::parse("b.example.org"));
    CHECK(texts(b.local_prefixes) == Texts{"10.9.0.0/16"});
    CHECK(psk_of(b) == "own");
    CHECK(b.ike.esp_lifetime == 20min);
    CHECK(b.ike.esp_rekey_margin == 2min);
    CHECK(b.ike.replay_window == 64);
    CHECK(texts(b.ike.esp_proposals) == Texts{"aes192gcm16"});
    CHECK(b.ike.dpd.delay == 1s);
    CHECK(b.ike.dpd.action == ike::DpdAction::kTrap);
    CHECK_FALSE(b.mtu_bytes);
    CHECK_FALSE(b.routes);
}

TEST_CASE("A tunnel's own kind of key takes the place of another kind in defaults") {
    CHECK(psk_of(load("defaults: {auth: {psk: shared}}\n" + kTunnel).tunnels[0]) == "secret");
    ::setenv("ESPLANE_TEST_PSK", "from-defaults", 1);
    CHECK(psk_of(load("defaults: {auth: {psk_env: ESPLANE_TEST_PSK}}\n" + kTunnel).tunnels[0]) == "secret");
    ::unsetenv("ESPLANE_TEST_PSK");
}

TEST_CASE("Aliases are what they stand for") {
    const gateway::Options options = load(
        "tunnels:\n"
        "  a: {local: &l {address: 192.0.2.1, subnets: 10.1.0.0/16}, auth: &p {psk: x},"
        " remote: {address: 192.0.2.2, subnets: 10.2.0.0/16}}\n"
        "  b: {local: *l, auth: *p, remote: {address: 192.0.2.3, subnets: 10.3.0.0/16}}\n");
    REQUIRE(options.tunnels.size() == 2);
    CHECK(texts(options.tunnels[1].local_prefixes) == Texts{"10.1.0.0/16"});
    CHECK(psk_of(options.tunnels[1]) == "x");
}

TEST_CASE("JSON is YAML too") {
    const gateway::Options options = load(
        R"({"gateway": {"workers": 1}, "tunnels": {"a": {"local": {"address": "192.0.2.1", "subnets": ["10.1.0.0/16"]},
            "remote": {"address": "192.0.2.2", "subnets": ["10.2.0.0/16"]}, "auth": {"psk": "\u0041B"},
            "esp": {"esn": false}, "mtu": 1400}}})");
    REQUIRE(options.tunnels.size() == 1);
    CHECK_FALSE(options.tunnels[0].ike.esn);
    CHECK(options.tunnels[0].mtu_bytes == 1400U);
    CHECK(psk_of(options.tunnels[0]) == "AB");
}

/// A directory with a configuration and a key file beside it.
TEST_CASE("pfs says of all proposals what their groups say of each") {
    const auto proposals = [](const std::string& esp) {
        const auto loaded = load(kTunnel + "    esp: {" + esp + "}\n");
        std::string text;
        for (const auto& proposal : loaded.tunnels[0].ike.esp_proposals)
            text += (text.empty() ? "" : " ") + ike::to_string(proposal);
        return text;
    };
    CHECK(proposals("esn: yes") == "aes256gcm16-ecp256 aes256gcm16");
    CHECK(proposals("pfs: required") == "aes256gcm16-ecp256");
    CHECK(proposals("pfs: optional") == "aes256gcm16-ecp256 aes256gcm16");
    CHECK(proposals("pfs: off") == "aes256gcm16");
    const std::string two = "proposals: [aes128gcm16-ecp256, aes256gcm16-modp2048-ecp384], ";
    CHECK(proposals(two + "pfs: required") == "aes128gcm16-ecp256 aes256gcm16-modp2048-ecp384");
    CHECK(proposals(two + "pfs: optional") == "aes128gcm16-ecp256 aes256gcm16-modp2048-ecp384 aes128gcm16 aes256gcm16");
    CHECK(proposals(two + "pfs: off") == "aes128gcm16 aes256gcm16");
    CHECK(proposals("proposals: [aes256gcm16-ecp256, aes256gcm16-ecp384], pfs: off") == "aes256gcm16");
}

class Directory {
  public:
    Directory() {
        char name[] = "/tmp/esplane-config-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path_ = name;
    }
    ~Directory() {
        ::unlink((path_ + "/a.yaml").c_str());
        ::unlink((path_ + "/a.psk").c_str());
        ::rmdir(path_.c_str());
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string write(const std::string& name, const std::string& content) const {
        std::string path = path_ + '/' + name;
        std::ofstream(path) << content;
        REQUIRE(::chmod(path.c_str(), 0600) == 0);
        return path;
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

TEST_CASE("Key files are found beside the configuration") {
    const Directory directory;
    const std::string key = directory.write("a.psk", "from the file\n");
    std::string yaml = kTunnel;
    yaml.replace(yaml.find("psk: secret"), 11, "psk_file: a.psk");
    const std::string path = directory.write("a.yaml", yaml);
    const auto loaded = load_file(path);
    REQUIRE(loaded);
    CHECK(psk_of(loaded.value().tunnels[0]) == "from the file");

    REQUIRE(::chmod(key.c_str(), 0640) == 0);
    const auto refused = load_file(path);
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().size() == 1);
    CHECK(refused.error()[0].to_string() ==
          path + ":5:22: auth.psk_file: '" + key + "' is open to others than its owner; chmod 600 " + key);
}

TEST_CASE("A file that cannot be read is a problem of its own") {
    const auto problem = [](const std::string& path) {
        const auto loaded = load_file(path);
        REQUIRE_FALSE(loaded);
        REQUIRE(loaded.error().size() == 1);
        return loaded.error()[0].to_string();
    };
    CHECK(problem("/nonexistent/x.yaml") == "/nonexistent/x.yaml:1:1: cannot read the file: No such file or directory");
    CHECK(problem("/tmp") == "/tmp:1:1: cannot read the file: Is a directory");
    CHECK(problem("/dev/zero") == "/dev/zero:1:1: the file is larger than 16 MiB");
}

TEST_CASE("Ten thousand tunnels load in a moment") {
    std::string yaml = "defaults: {auth: {psk: x}, local: {address: 192.0.2.1, subnets: 10.0.0.0/8}}\ntunnels:\n";
    for (int i = 0; i < 10'000; ++i) {
        const std::string net = std::to_string(i / 256) + '.' + std::to_string(i % 256);
        yaml.append("  t").append(std::to_string(i)).append(": {remote: {address: 198.18.").append(net);
        yaml.append(", subnets: 172.").append(net).append(".0/24}}\n");
    }
    CHECK(load(yaml).tunnels.size() == 10'000);
}

}  // namespace
}  // namespace esplane::config
