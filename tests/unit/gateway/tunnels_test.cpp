// Tunnels over the kernel's real routes and devices, in a network namespace of the test's own, and a data plane that
// only takes notes.
#include "gateway/tunnels.h"

#include <sched.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <iostream>

#include "crypto/random.h"
#include "dataplane/io/tun.h"
#include "gateway/host_surroundings.h"
#include "tests/unit/ike/runtime/fake_dataplane.h"

namespace esplane::gateway {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr std::uint32_t kMark = 0x65737000;

bool enter_empty_network() {
    if (unshare(CLONE_NEWNET) == 0) return true;
    std::cerr << "SKIPPED: cannot make a network namespace (needs root): " << std::strerror(errno) << '\n';
    return false;
}

/// Opens real devices, so that routes can lead into them, and writes down all else.
class NotingDataplane final : public FakeDataplane {
  public:
    Result<void, std::string> open_port(const dataplane::ClearPortOptions& port) override {
        auto device = dataplane::open_tun(port.device, 1);
        if (!device) return Failure{device.error()};
        devices_[port.port] = std::move(device->queues);
        notes.push_back("open " + port.device);
        return {};
    }
    void close_port(dataplane::ClearPort port) override {
        devices_.erase(port);
        notes.push_back("close " + std::to_string(to_number(port)));
    }
    dataplane::WorkerId add_tunnel(const dataplane::TunnelPolicy& policy) override {
        notes.push_back("add " + policy.name + "#" + std::to_string(to_number(policy.id)) + " link " +
                        std::to_string(policy.link_mtu_bytes));
        policies[policy.id] = policy;
        return {};
    }
    void remove_tunnel(dataplane::TunnelId tunnel) override {
        notes.push_back("remove #" + std::to_string(to_number(tunnel)));
    }
    Lines take_notes() { return std::exchange(notes, {}); }
    dataplane::DropCounts drops(dataplane::TunnelId tunnel) const override {
        const auto found = dropped.find(tunnel);
        return found == dropped.end() ? dataplane::DropCounts{} : found->second;
    }
    Lines notes;
    std::map<dataplane::TunnelId, dataplane::TunnelPolicy> policies;
    std::map<dataplane::TunnelId, dataplane::DropCounts> dropped;

  private:
    std::map<dataplane::ClearPort, std::vector<dataplane::FileDescriptor>> devices_;
};

class Ignoring final : public ike::Observer {
    void on_happened(const ike::Happened&) override {}
    void on_send_failed(const Path&, int) override {}
    void on_resized(const dataplane::Resized&) override {}
    void on_instance_added(const ike::AddInstance&) override {}
    void on_instance_removed(dataplane::TunnelId) override {}
    void on_virtual_addresses(const ike::UseVirtualAddresses&) override {}
    void on_status_wanted(const ike::FetchStatus&) override {}
};

/// Everything that Tunnels needs, in an empty network.
struct Site {
    std::unique_ptr<ike::EventLoop> loop = ike::EventLoop::open().value();
    std::unique_ptr<Routing> routing = Routing::open(kMark).value();
    NotingDataplane dataplane;
    crypto::SeededRandom random{1};
    Ignoring observer;
    ike::Runtime runtime{*loop, ike::UdpTransport::open(500, kMark).value(), dataplane, random, {}, observer};
    HostSurroundings surroundings{dataplane, *routing,
                                  [](const IpAddress& peer) { return find_outer_path(peer, kMark); }};
    Tunnels tunnels{*loop, {dataplane, runtime, surroundings}};

    ike::CommandDone command(const std::string& name, decltype(ike::Command::what) what) {
        std::optional<ike::CommandDone> outcome;
        tunnels.command(name, std::move(what), [&](const ike::CommandDone& done) { outcome = done; });
        REQUIRE(outcome.has_value());
        return *outcome;
    }
    TunnelReport report(const std::string& name) const { return tunnels.report(name).at(0); }
};

/// A tunnel that only listens, so that nothing has to answer.
TunnelOptions tunnel(const std::string& name, const char* remote_prefix) {
    TunnelOptions options;
    options.ike.name = name;
    options.ike.local_address = IpAddress::parse("192.0.2.1");
    options.ike.remote_address = IpAddress::parse("192.0.2.2");
    options.ike.psk = std::make_shared<crypto::Secret>(as_bytes("secret"));
    options.ike.ike_proposals = {ike::parse_ike_proposal("aes256gcm16-prfsha256-ecp256").value()};
    options.ike.esp_proposals = {ike::parse_esp_proposal("aes256gcm16").value()};
    options.ike.start = ike::StartMode::kListen;
    options.local_prefixes = {Prefix::parse("10.1.0.0/24").value()};
    options.remote_prefixes = {Prefix::parse(remote_prefix).value()};
    options.ike.children = {{"",
                             {{dataplane::TrafficSelector::from_prefix(options.local_prefixes[0])},
                              {dataplane::TrafficSelector::from_prefix(options.remote_prefixes[0])}}}};
    return options;
}

Lines kernel_routes() {
    Lines lines;
    const auto routes = Netlink::open().value().our_routes().value();
    for (const Route& route : routes) {
        lines.push_back((route.kind == RouteKind::kBlackhole ? "blackhole " : route.device + " ") +
                        route.prefix.to_string());
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

TEST_CASE("a tunnel comes with device, routes and policy, and goes with all of them") {
    if (!enter_empty_network()) return;
    Site site;
    REQUIRE(site.tunnels.set(tunnel("net", "10.2.0.0/24")).ok());
    CHECK(site.dataplane.take_notes() == Lines{"open esp0", "add net#1 link 1500"});
    CHECK(kernel_routes() == Lines{"blackhole 10.2.0.0/24", "esp0 10.2.0.0/24"});
    const TunnelReport report = site.report("net");
    CHECK(report.ike.state == ike::TunnelState::kDown);
    CHECK(report.sizes.mtu == 1438);
    CHECK(report.local_address == "192.0.2.1");

    site.tunnels.remove("net");
    CHECK(site.dataplane.take_notes() == Lines{"remove #1", "close 1"});
    CHECK(kernel_routes().empty());
    CHECK_FALSE(site.tunnels.contains("net"));
}

TEST_CASE("each peer of a pool has a policy of its own, and its drops stay the tunnel's when it has gone") {
    if (!enter_empty_network()) return;
    Site site;
    TunnelOptions options = tunnel("road", "10.99.0.0/24");
    options.ike.pool = ike::PoolOptions{options.remote_prefixes, {}};
    options.dscp = dataplane::DscpPolicy::copy();
    options.mtu_bytes = 1300;
    REQUIRE(site.tunnels.set(options).ok());
    CHECK(kernel_routes() == Lines{"blackhole 10.99.0.0/24", "esp0 10.99.0.0/24"});
    CHECK(site.dataplane.policies.at(dataplane::TunnelId{1}).policies.empty());
    const dataplane::TunnelId peer{1U << 31U};
    const auto host = dataplane::TrafficSelector::from_prefix(Prefix::parse("10.99.0.7").value());
    site.tunnels.add_instance({peer,
                               dataplane::TunnelId{1},
                               "road/a",
                               dataplane::WorkerId{3},
                               {options.ike.children[0].selectors.local, {host}}});
    const dataplane::TunnelPolicy& policy = site.dataplane.policies.at(peer);
    CHECK(policy.name == "road/a");
    CHECK(policy.worker == dataplane::WorkerId{3});
    CHECK(policy.port == site.dataplane.policies.at(dataplane::TunnelId{1}).port);
    CHECK(policy.mtu_bytes == 1300);
    REQUIRE(policy.policies.size() == 1);
    CHECK(policy.policies[0].remote == std::vector{host});
    site.dataplane.dropped[dataplane::TunnelId{1}] = {{"no_sa", 1}};
    site.dataplane.dropped[peer] = {{"no_sa", 2}, {"replay", 4}};
    const dataplane::DropCounts all{{"no_sa", 3}, {"replay", 4}};
    CHECK(site.report("road").drops == all);
    site.dataplane.take_notes();
    site.tunnels.remove_instance(peer);
    CHECK(site.dataplane.take_notes() == Lines{"remove #2147483648"});
    site.dataplane.dropped.erase(peer);
    CHECK(site.report("road").drops == all);
    site.tunnels.remove("road");
    CHECK(kernel_routes().empty());
}

TEST_CASE("a change keeps the device and leaves no prefix open") {
    if (!enter_empty_network()) return;
    Site site;
    REQUIRE(site.tunnels.set(tunnel("net", "10.2.0.0/24")).ok());
    site.dataplane.take_notes();
    TunnelOptions changed = tunnel("net", "10.3.0.0/24");
    changed.mtu_bytes = 1400;
    REQUIRE(site.tunnels.set(changed).ok());
    CHECK(site.dataplane.take_notes() == Lines{"remove #1", "add net#2 link 1500"});
    CHECK(kernel_routes() == Lines{"blackhole 10.3.0.0/24", "esp0 10.3.0.0/24"});
    CHECK(site.report("net").sizes.mtu == 1400);
}

TEST_CASE("a device is shared, moved to and left") {
    if (!enter_empty_network()) return;
    Site site;
    REQUIRE(site.tunnels.set(tunnel("a", "10.2.0.0/24")).ok());
    REQUIRE(site.tunnels.set(tunnel("b", "10.3.0.0/24")).ok());
    CHECK(site.dataplane.take_notes() == Lines{"open esp0", "add a#1 link 1500", "add b#2 link 1500"});
    TunnelOptions moved = tunnel("a", "10.2.0.0/24");
    moved.interface = "esp1";
    REQUIRE(site.tunnels.set(moved).ok());
    CHECK(site.dataplane.take_notes() == Lines{"remove #1", "open esp1", "add a#3 link 1500"});
    CHECK(kernel_routes() ==
          Lines{"blackhole 10.2.0.0/24", "blackhole 10.3.0.0/24", "esp0 10.3.0.0/24", "esp1 10.2.0.0/24"});
    site.tunnels.remove("b");
    CHECK(site.dataplane.take_notes() == Lines{"remove #2", "close 1"});
}

TEST_CASE("`routes: none` lays none, and a change to it takes them away") {
    if (!enter_empty_network()) return;
    Site site;
    TunnelOptions options = tunnel("net", "10.2.0.0/24");
    REQUIRE(site.tunnels.set(options).ok());
    options.routes = false;
    REQUIRE(site.tunnels.set(options).ok());
    CHECK(kernel_routes().empty());
    CHECK(site.dataplane.take_notes().back() == "add net#2 link 1500");
}

TEST_CASE("a peer without a route is an error of its tunnel, until there is one") {
    if (!enter_empty_network()) return;
    Site site;
    TunnelOptions options = tunnel("net", "10.2.0.0/24");
    options.ike.local_address.reset();
    options.ike.remote_address = IpAddress::parse("127.0.0.9");  // the loopback is down as yet
    REQUIRE(site.tunnels.set(options).ok());
    CHECK(kernel_routes() == Lines{"blackhole 10.2.0.0/24", "esp0 10.2.0.0/24"});
    auto error = site.report("net").ike.last_error;
    REQUIRE(error.has_value());
    CHECK(error->code == "no_route_to_peer");
    CHECK_THAT(error->message, Catch::Contains("Tunnel net") && Catch::Contains("127.0.0.9") &&
                                   Catch::Contains("tunnels.net.local.address"));
    const auto refused = site.command("net", ike::Down{"net"});
    CHECK_FALSE(refused.ok);
    CHECK(refused.code == "no_route_to_peer");

    REQUIRE(Netlink::open().value().set_link_up("lo", 65536).ok());
    CHECK(site.command("net", ike::Down{"net"}).ok);
    CHECK_FALSE(site.report("net").ike.last_error.has_value());
    CHECK(site.report("net").local_address == "127.0.0.1");
}

TEST_CASE("a device that cannot be had is an error, and harms no other tunnel") {
    if (!enter_empty_network()) return;
    Site site;
    REQUIRE(site.tunnels.set(tunnel("good", "10.2.0.0/24")).ok());
    TunnelOptions options = tunnel("bad", "10.3.0.0/24");
    options.interface = "lo";  // is there, and is no TUN device
    const auto set = site.tunnels.set(options);
    REQUIRE_FALSE(set.ok());
    CHECK_THAT(set.error(), Catch::Contains("Tunnel bad") && Catch::Contains("lo"));
    CHECK(site.report("bad").ike.last_error->code == "interface_failed");
    CHECK(site.command("bad", ike::Up{"bad"}).code == "interface_failed");
    CHECK(site.command("good", ike::Down{"good"}).ok);

    options.interface = "esp7";
    REQUIRE(site.tunnels.set(options).ok());
    CHECK_FALSE(site.report("bad").ike.last_error.has_value());
    CHECK(site.tunnels.names() == Lines{"bad", "good"});
}

TEST_CASE("a tunnel that is removed while something is wrong with it goes all the same") {
    if (!enter_empty_network()) return;
    Site site;
    TunnelOptions options = tunnel("net", "10.2.0.0/24");
    options.interface = "lo";
    REQUIRE_FALSE(site.tunnels.set(options).ok());
    site.tunnels.remove("net");
    site.tunnels.remove("net");
    CHECK(site.tunnels.names().empty());
    CHECK(kernel_routes().empty());
}

}  // namespace
}  // namespace esplane::gateway
