// What is said of the tunnels: configuration, engine and data plane put together.
#include <unordered_map>

#include "gateway/tunnels.h"

namespace esplane::gateway {
namespace {

void add(dataplane::ChildCounters& sum, const dataplane::ChildCounters& more) {
    sum.packets_in += more.packets_in;
    sum.bytes_in += more.bytes_in;
    sum.packets_out += more.packets_out;
    sum.bytes_out += more.bytes_out;
}

}  // namespace

std::vector<TunnelReport> Tunnels::report(const std::string& only) const {
    const std::vector<ike::TunnelStatus> statuses = parts_.runtime.status();
    std::unordered_map<std::string, const ike::TunnelStatus*> by_name;
    for (const ike::TunnelStatus& status : statuses)
        by_name.emplace(status.name, &status);
    std::unordered_map<dataplane::TunnelId, std::vector<const ike::TunnelStatus*>> peers;
    for (const ike::TunnelStatus& status : statuses) {
        if (status.instance_of) peers[*status.instance_of].push_back(&status);
    }
    std::vector<TunnelReport> reports;
    for (const auto& [name, tunnel] : tunnels_) {
        if (!only.empty() && name != only) continue;
        const auto status = by_name.find(name);
        reports.push_back(report_one(tunnel, status == by_name.end() ? nullptr : status->second));
        for (const ike::TunnelStatus* peer : peers[tunnel.id])
            reports.back().peers.push_back(report_peer(tunnel, *peer));
    }
    return reports;
}

TunnelReport Tunnels::report_one(const Tunnel& tunnel, const ike::TunnelStatus* status) const {
    TunnelReport report;
    if (status != nullptr) report.ike = *status;
    report.ike.name = tunnel.options.ike.name;
    report.ike.id = tunnel.id;
    if (!report.ike.peer && tunnel.options.ike.remote_address) {
        report.ike.peer = Endpoint{*tunnel.options.ike.remote_address, 0};
    }
    if (tunnel.problem) report.ike.last_error = tunnel.problem;
    count(report);
    report.totals = parts_.runtime.traffic().totals(tunnel.id);
    report.drops = instances_.with_peers(tunnel.id, parts_.dataplane.drops(tunnel.id));
    report.device = tunnel.options.interface;
    report.sizes = tunnel.sizes;
    report.local_address = tunnel.local ? tunnel.local->to_string() : std::string();
    report.start = tunnel.options.ike.start;
    return report;
}

TunnelReport Tunnels::report_peer(const Tunnel& tunnel, const ike::TunnelStatus& status) const {
    TunnelReport report;
    report.ike = status;
    count(report);
    for (const dataplane::ChildCounters& child : report.child_counters)
        add(report.totals, child);
    report.drops = parts_.dataplane.drops(status.id);
    report.device = tunnel.options.interface;
    report.sizes = instances_.sizes(status.id).value_or(tunnel.sizes);
    report.local_address = tunnel.local ? tunnel.local->to_string() : std::string();
    report.start = tunnel.options.ike.start;
    return report;
}

void Tunnels::count(TunnelReport& report) const {
    for (const ike::ChildStatus& child : report.ike.children) {
        report.child_counters.push_back(parts_.runtime.traffic().counters(child.id));
        report.child_drops.push_back(parts_.dataplane.drops(child.id));
    }
}

}  // namespace esplane::gateway
