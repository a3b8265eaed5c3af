#include "gateway/reload.h"

#include <map>

namespace esplane::gateway {
namespace {

bool same_ike(const ike::Options& a, const ike::Options& b) {
    return a.retransmit_first == b.retransmit_first && a.retransmit_tries == b.retransmit_tries &&
           a.retransmit_base == b.retransmit_base && a.retry_interval == b.retry_interval &&
           a.cookie_threshold == b.cookie_threshold && a.half_open_limit == b.half_open_limit &&
           a.handshakes_per_second == b.handshakes_per_second && a.half_open_timeout == b.half_open_timeout &&
           a.keepalive_interval == b.keepalive_interval && a.retired_linger == b.retired_linger;
}

std::vector<std::string> needs_restart(const Options& running, const Options& wanted) {
    std::vector<std::string> keys;
    if (running.control_socket != wanted.control_socket) keys.emplace_back("gateway.control_socket");
    if (running.state_directory != wanted.state_directory) keys.emplace_back("gateway.state_directory");
    if (running.metrics != wanted.metrics) keys.emplace_back("gateway.metrics");
    if (running.dataplane.cpus != wanted.dataplane.cpus) keys.emplace_back("gateway.workers");
    if (running.dataplane.poll != wanted.dataplane.poll) keys.emplace_back("gateway.poll");
    if (running.dataplane.dpdk.has_value() != wanted.dataplane.dpdk.has_value()) {
        keys.emplace_back("gateway.dataplane");
    } else if (running.dataplane.dpdk != wanted.dataplane.dpdk) {
        keys.emplace_back("dpdk");
    }
    if (!same_ike(running.ike, wanted.ike)) keys.emplace_back("gateway.ike");
    return keys;
}

}  // namespace

ReloadPlan plan_reload(const Options& running, const Options& wanted) {
    ReloadPlan plan;
    plan.needs_restart = needs_restart(running, wanted);
    std::map<std::string, std::string> left;
    for (const TunnelOptions& tunnel : running.tunnels)
        left.emplace(tunnel.ike.name, tunnel.fingerprint);
    for (const TunnelOptions& tunnel : wanted.tunnels) {
        const auto known = left.extract(tunnel.ike.name);
        auto& list = known.empty() ? plan.added : known.mapped() == tunnel.fingerprint ? plan.untouched : plan.changed;
        list.push_back(tunnel.ike.name);
    }
    for (const TunnelOptions& tunnel : running.tunnels) {
        if (left.contains(tunnel.ike.name)) plan.removed.push_back(tunnel.ike.name);
    }
    return plan;
}

}  // namespace esplane::gateway
