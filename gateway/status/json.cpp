#include "gateway/status/json.h"

#include <nlohmann/json.hpp>

#include "gateway/status/units.h"

namespace esplane::gateway {
namespace {

using Json = nlohmann::ordered_json;

/// The engine's clock has no date: it counts from the report's moment.
std::string date(const Report& report, ike::TimePoint at) {
    return iso_time(report.wall_clock +
                    std::chrono::duration_cast<std::chrono::system_clock::duration>(at - report.now));
}

std::string_view name(ike::TunnelState state) {
    switch (state) {
        case ike::TunnelState::kDown:
            return "down";
        case ike::TunnelState::kConnecting:
            return "connecting";
        case ike::TunnelState::kEstablished:
            return "established";
    }
    return "down";
}

std::string_view name(ike::StartMode start) {
    switch (start) {
        case ike::StartMode::kAuto:
            return "auto";
        case ike::StartMode::kOnDemand:
            return "on-demand";
        case ike::StartMode::kListen:
            return "listen";
    }
    return "auto";
}

std::string_view nat_name(const ike::IkeStatus& sa) {
    if (sa.local_nat) return sa.remote_nat ? "both" : "local";
    return sa.remote_nat ? "remote" : "none";
}

Json selectors(const std::vector<dataplane::TrafficSelector>& list) {
    Json result = Json::array();
    for (const dataplane::TrafficSelector& selector : list)
        result.push_back(selector.to_string());
    return result;
}

Json drops(const dataplane::DropCounts& counts) {
    Json result = Json::object();
    for (const auto& [reason, count] : counts)
        result[reason] = count;
    return result;
}

Json ike_sa(const Report& report, const ike::IkeStatus& sa) {
    return {{"spi_i", hexadecimal(to_number(sa.spi_i), 16)},
            {"spi_r", hexadecimal(to_number(sa.spi_r), 16)},
            {"initiator", sa.initiator},
            {"suite", to_string(sa.suite)},
            {"established_at", date(report, sa.established_at)},
            {"rekey_at", date(report, sa.rekey_at)},
            {"nat", nat_name(sa)},
            {"ppk", sa.ppk}};
}

Json child_sa(const Report& report, const ike::ChildStatus& sa, const dataplane::ChildCounters& counters) {
    return {{"name", sa.name},
            {"spi_in", hexadecimal(to_number(sa.spi_in), 8)},
            {"spi_out", hexadecimal(to_number(sa.spi_out), 8)},
            {"suite", to_string(sa.suite)},
            {"esn", sa.suite.esn},
            {"state", sa.state},
            {"mode", sa.mode == dataplane::Mode::kTransport ? "transport" : "tunnel"},
            {"encapsulation", sa.encapsulation == dataplane::Encapsulation::kUdp ? "udp" : "esp"},
            {"local", selectors(sa.selectors.local)},
            {"remote", selectors(sa.selectors.remote)},
            {"packets_in", counters.packets_in},
            {"bytes_in", counters.bytes_in},
            {"packets_out", counters.packets_out},
            {"bytes_out", counters.bytes_out},
            {"established_at", date(report, sa.established_at)},
            {"rekey_at", date(report, sa.rekey_at)}};
}

Json children(const Report& report, const TunnelReport& tunnel) {
    Json result = Json::array();
    for (std::size_t i = 0; i < tunnel.ike.children.size(); ++i) {
        const bool counted = i < tunnel.child_counters.size();
        result.push_back(
            child_sa(report, tunnel.ike.children[i], counted ? tunnel.child_counters[i] : dataplane::ChildCounters{}));
        result.back()["drops"] = drops(i < tunnel.child_drops.size() ? tunnel.child_drops[i] : dataplane::DropCounts{});
    }
    return result;
}

template <typename T>
Json texts(const std::vector<T>& list) {
    Json result = Json::array();
    for (const auto& each : list)
        result.push_back(each.to_string());
    return result;
}

Json tunnel_json(const Report& report, const TunnelReport& tunnel);

/// A tunnel that hands out addresses has them all, and a tunnel for each peer.
void add_pool(const Report& report, const TunnelReport& tunnel, Json& to) {
    const ike::PoolStatus& pool = *tunnel.ike.pool;
    to["pool"] = {{"addresses", texts(pool.addresses)}, {"size", pool.size}, {"in_use", pool.in_use}};
    to["peers"] = Json::array();
    for (const TunnelReport& peer : tunnel.peers)
        to["peers"].push_back(tunnel_json(report, peer));
}

Json tunnel_json(const Report& report, const TunnelReport& tunnel) {
    Json result{{"name", tunnel.ike.name}, {"state", name(tunnel.ike.state)}};
    result["peer"] = tunnel.ike.peer ? Json(tunnel.ike.peer->address.to_string()) : Json(nullptr);
    result["peer_port"] = tunnel.ike.peer && tunnel.ike.peer->port != 0 ? Json(tunnel.ike.peer->port) : Json(nullptr);
    result["peer_id"] = tunnel.ike.peer_id.empty() ? Json(nullptr) : Json(tunnel.ike.peer_id);
    result["local"] = tunnel.local_address.empty() ? Json(nullptr) : Json(tunnel.local_address);
    result["start"] = name(tunnel.start);
    result["ike"] = tunnel.ike.ike ? ike_sa(report, *tunnel.ike.ike) : Json(nullptr);
    result["children"] = children(report, tunnel);
    result["missing"] = tunnel.ike.missing;
    result["packets_in"] = tunnel.totals.packets_in;
    result["bytes_in"] = tunnel.totals.bytes_in;
    result["packets_out"] = tunnel.totals.packets_out;
    result["bytes_out"] = tunnel.totals.bytes_out;
    result["drops"] = drops(tunnel.drops);
    result["interface"] = tunnel.device;
    result["mtu"] = tunnel.sizes.mtu;
    result["mss"] = tunnel.sizes.mss_ipv4;
    result["mss_ipv6"] = tunnel.sizes.mss_ipv6;
    const auto& error = tunnel.ike.last_error;
    result["last_error"] = error ? Json{{"code", error->code}, {"message", error->message}} : Json(nullptr);
    if (!tunnel.ike.virtual_addresses.empty()) result["virtual_addresses"] = texts(tunnel.ike.virtual_addresses);
    if (!tunnel.ike.dns.empty()) result["dns"] = texts(tunnel.ike.dns);
    if (tunnel.ike.pool) add_pool(report, tunnel, result);
    return result;
}

Json worker_json(const dataplane::WorkerStatus& worker) {
    return {
        {"id", worker.id},
        {"cpu", worker.cpu < 0 ? Json(nullptr) : Json(worker.cpu)},
        {"packets", worker.packets},
        {"handed_over", worker.handed_over},
        {"load", worker.load},
        {"burst", worker.bursts == 0 ? 0.0 : static_cast<double>(worker.arrived) / static_cast<double>(worker.bursts)},
        {"stalled", worker.stalled},
        {"drops", drops(worker.drops)}};
}

std::string_view name(dataplane::Steering steering) {
    switch (steering) {
        case dataplane::Steering::kOneWorker:
            return "one_worker";
        case dataplane::Steering::kRules:
            return "rte_flow";
        case dataplane::Steering::kSpread:
            return "rss";
        case dataplane::Steering::kHandoff:
            return "handoff";
    }
    return "one_worker";
}

Json claims(const std::vector<dataplane::AddressClaim>& list) {
    Json result = Json::array();
    for (const dataplane::AddressClaim& claim : list)
        result.push_back({{"address", claim.address}, {"mac", claim.mac}});
    return result;
}

Json port_json(const dataplane::PortStatus& port) {
    const dataplane::PortCounters& counters = port.counters;
    return {{"name", port.name},
            {"role", port.role},
            {"device", port.device},
            {"driver", port.driver},
            {"mac", port.mac},
            {"mtu", port.mtu_bytes},
            {"queues", port.queues},
            {"link", port.up ? "up" : "down"},
            {"speed_mbps", port.mbps == 0 ? Json(nullptr) : Json(port.mbps)},
            {"ipv4_checksum", port.checks_ipv4 ? "device" : "software"},
            {"rss", port.spreads},
            {"steering", name(port.steering)},
            {"steered", port.steered},
            {"claimed_by_others", claims(port.claims)},
            {"packets_in", counters.packets_in},
            {"bytes_in", counters.bytes_in},
            {"packets_out", counters.packets_out},
            {"bytes_out", counters.bytes_out},
            {"missed", counters.missed},
            {"errors_in", counters.errors_in},
            {"errors_out", counters.errors_out},
            {"no_buffer", counters.no_buffer}};
}

Json neighbours_json(const dataplane::NeighbourStatus& neighbours) {
    return {{"resolved", neighbours.resolved},
            {"asked", neighbours.asked},
            {"failed", neighbours.failed},
            {"refused", neighbours.refused},
            {"throttled", neighbours.throttled}};
}

Json host_json(const dataplane::HostInterfaceStatus& host) {
    return {{"name", host.name},
            {"packets_to_host", host.packets_to_host},
            {"bytes_to_host", host.bytes_to_host},
            {"packets_from_host", host.packets_from_host},
            {"bytes_from_host", host.bytes_from_host},
            {"refused", host.refused}};
}

Json ike_json(const ike::Counters& counters) {
    Json refused = Json::object();
    for (const auto& [reason, count] : refused_datagrams(counters)) {
        if (count > 0) refused[reason] = count;
    }
    return {{"half_open", counters.half_open},
            {"ike_sas", counters.ike_sas},
            {"child_sas", counters.child_sas},
            {"datagrams", counters.datagrams},
            {"refused", refused}};
}

}  // namespace

dataplane::DropCounts refused_datagrams(const ike::Counters& counters) {
    return {{"malformed", counters.malformed},
            {"wrong_version", counters.wrong_version},
            {"unknown_sa", counters.unknown_sa},
            {"not_expected", counters.not_expected},
            {"repeated", counters.repeated},
            {"bad_icv", counters.bad_icv},
            {"cookie_asked", counters.cookies_asked},
            {"half_open_limit", counters.half_open_dropped},
            {"handshake_rate", counters.handshakes_dropped},
            {"stranger", counters.strangers_refused}};
}

Json to_json(const Report& report) {
    Json result{{"version", report.version},         {"pid", report.pid},
                {"at", iso_time(report.wall_clock)}, {"started_at", iso_time(report.started_at)},
                {"tunnels", Json::array()},          {"workers", Json::array()}};
    if (!report.ml_kem.empty()) result["ml_kem"] = report.ml_kem;
    for (const TunnelReport& tunnel : report.tunnels)
        result["tunnels"].push_back(tunnel_json(report, tunnel));
    for (const dataplane::WorkerStatus& worker : report.workers)
        result["workers"].push_back(worker_json(worker));
    if (!report.ports.ports.empty()) {
        for (const dataplane::PortStatus& port : report.ports.ports)
            result["ports"].push_back(port_json(port));
        result["neighbours"] = neighbours_json(report.ports.neighbours);
        if (report.ports.host) result["host_interface"] = host_json(*report.ports.host);
    }
    result["ike"] = ike_json(report.ike);
    return result;
}

}  // namespace esplane::gateway
