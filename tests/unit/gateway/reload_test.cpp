#include "gateway/reload.h"

#include <catch2/catch.hpp>

namespace esplane::gateway {
namespace {

using Names = std::vector<std::string>;

Options with(const std::vector<std::pair<const char*, const char*>>& tunnels) {
    Options options;
    for (const auto& [name, fingerprint] : tunnels) {
        TunnelOptions& tunnel = options.tunnels.emplace_back();
        tunnel.ike.name = name;
        tunnel.fingerprint = fingerprint;
    }
    return options;
}

TEST_CASE("every tunnel is in exactly one list") {
    const ReloadPlan plan =
        plan_reload(with({{"a", "1"}, {"b", "1"}, {"c", "1"}}), with({{"d", "1"}, {"b", "2"}, {"a", "1"}}));
    CHECK(plan.untouched == Names{"a"});
    CHECK(plan.changed == Names{"b"});
    CHECK(plan.added == Names{"d"});
    CHECK(plan.removed == Names{"c"});
    CHECK(plan.needs_restart.empty());
}

TEST_CASE("a tunnel that is renamed goes, and comes as another") {
    const ReloadPlan plan = plan_reload(with({{"a", "1"}}), with({{"b", "1"}}));
    CHECK(plan.added == Names{"b"});
    CHECK(plan.removed == Names{"a"});
}

TEST_CASE("from nothing and to nothing") {
    CHECK(plan_reload({}, with({{"a", "1"}})).added == Names{"a"});
    CHECK(plan_reload(with({{"a", "1"}}), {}).removed == Names{"a"});
    CHECK(plan_reload({}, {}).untouched.empty());
}

TEST_CASE("what a running gateway cannot change is named") {
    Options wanted;
    wanted.control_socket = "/run/other.sock";
    wanted.state_directory = "/var/lib/other";
    wanted.metrics = Endpoint{IpAddress::parse("127.0.0.1").value(), 9510};
    wanted.dataplane.cpus = {2};
    wanted.dataplane.poll = dataplane::PollPolicy::kBusy;
    wanted.ike.retransmit_tries = 1;
    CHECK(plan_reload({}, wanted).needs_restart == Names{"gateway.control_socket", "gateway.state_directory",
                                                         "gateway.metrics", "gateway.workers", "gateway.poll",
                                                         "gateway.ike"});
}

TEST_CASE("another data plane, or ports of DPDK that are changed, take a restart") {
    Options running;
    running.dataplane.dpdk.emplace().ports.emplace_back().name = "wan";
    CHECK(plan_reload(running, running).needs_restart.empty());
    CHECK(plan_reload(running, {}).needs_restart == Names{"gateway.dataplane"});
    CHECK(plan_reload({}, running).needs_restart == Names{"gateway.dataplane"});
    Options wanted = running;
    wanted.dataplane.dpdk->ports[0].device_at.place = "f:7:9";  // lines moved, and that is all
    CHECK(plan_reload(running, wanted).needs_restart.empty());
    wanted.dataplane.dpdk->ports[0].mtu_bytes = 9000;
    CHECK(plan_reload(running, wanted).needs_restart == Names{"dpdk"});
}

TEST_CASE("the log level is changed at once") {
    Options wanted;
    wanted.log = LogLevel::kDebug;
    CHECK(plan_reload({}, wanted).needs_restart.empty());
}

}  // namespace
}  // namespace esplane::gateway
