#include "gateway/metrics/families.h"

#include <string>
#include <utility>

#include "gateway/printable.h"

namespace esplane::gateway {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Label = prometheus::ClientMetric::Label;

/// Collects the samples of one family.
class Family {
  public:
    Family(const char* name, const char* help, MetricType type) : family_{name, help, type, {}} {}

    void add(std::vector<Label> labels, double value) {
        prometheus::ClientMetric metric;
        metric.label = std::move(labels);
        (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        family_.metric.push_back(std::move(metric));
    }
    void add(std::vector<Label> labels, std::uint64_t value) { add(std::move(labels), static_cast<double>(value)); }
    MetricFamily take() && { return std::move(family_); }

  private:
    MetricFamily family_;
};

double seconds(std::chrono::system_clock::time_point at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

void add_tunnels(const Report& report, std::vector<MetricFamily>& families) {
    Family established("esplane_tunnel_established", "1 while the tunnel is established.", MetricType::Gauge);
    Family packets("esplane_tunnel_packets_total", "Inner packets that passed the tunnel.", MetricType::Counter);
    Family bytes("esplane_tunnel_bytes_total", "Octets of the inner packets that passed.", MetricType::Counter);
    Family dropped("esplane_tunnel_dropped_packets_total", "Packets of the tunnel that were dropped, by reason.",
                   MetricType::Counter);
    Family error("esplane_tunnel_error", "1 while the tunnel's last attempt stands failed, by error code.",
                 MetricType::Gauge);
    Family peers("esplane_tunnel_peers", "Peers that have an address of the tunnel's pool.", MetricType::Gauge);
    Family room("esplane_tunnel_peers_limit", "How many peers the tunnel's pool has addresses for.", MetricType::Gauge);
    for (const TunnelReport& tunnel : report.tunnels) {
        const Label name{"tunnel", printable(tunnel.ike.name)};
        established.add({name}, tunnel.ike.state == ike::TunnelState::kEstablished ? 1.0 : 0.0);
        packets.add({name, {"direction", "in"}}, tunnel.totals.packets_in);
        packets.add({name, {"direction", "out"}}, tunnel.totals.packets_out);
        bytes.add({name, {"direction", "in"}}, tunnel.totals.bytes_in);
        bytes.add({name, {"direction", "out"}}, tunnel.totals.bytes_out);
        for (const auto& [reason, count] : tunnel.drops)
            dropped.add({name, {"reason", reason}}, count);
        if (tunnel.ike.last_error) error.add({name, {"code", tunnel.ike.last_error->code}}, 1.0);
        if (!tunnel.ike.pool) continue;
        peers.add({name}, static_cast<double>(tunnel.ike.pool->in_use));
        room.add({name}, static_cast<double>(tunnel.ike.pool->size));
    }
    for (Family* family : {&established, &packets, &bytes, &dropped, &error, &peers, &room}) {
        families.push_back(std::move(*family).take());
    }
}

void add_workers(const Report& report, std::vector<MetricFamily>& families) {
    Family packets("esplane_worker_packets_total", "Packets that the worker handled.", MetricType::Counter);
    Family dropped("esplane_worker_dropped_packets_total", "Packets that the worker dropped, by reason.",
                   MetricType::Counter);
    Family handed_over("esplane_worker_handed_over_packets_total",
                       "Packets that arrived at the worker and are of another's tunnels.", MetricType::Counter);
    Family busy("esplane_worker_busy_seconds_total", "Time that the worker spent on packets.", MetricType::Counter);
    Family bursts("esplane_worker_bursts_total", "Rounds of the worker that had packets.", MetricType::Counter);
    Family arrived("esplane_worker_arrived_packets_total", "Packets in these rounds.", MetricType::Counter);
    Family stalled("esplane_worker_stalled", "1 while the worker stands still.", MetricType::Gauge);
    for (const dataplane::WorkerStatus& worker : report.workers) {
        const Label id{"worker", std::to_string(worker.id)};
        packets.add({id}, worker.packets);
        handed_over.add({id}, worker.handed_over);
        busy.add({id}, std::chrono::duration<double>(worker.busy).count());
        bursts.add({id}, worker.bursts);
        arrived.add({id}, worker.arrived);
        stalled.add({id}, worker.stalled ? 1.0 : 0.0);
        for (const auto& [reason, count] : worker.drops)
            dropped.add({id, {"reason", reason}}, count);
    }
    for (Family* family : {&packets, &handed_over, &dropped, &busy, &bursts, &arrived, &stalled})
        families.push_back(std::move(*family).take());
}

void add_ports(const std::vector<dataplane::PortStatus>& ports, std::vector<MetricFamily>& families) {
    Family up("esplane_port_up", "1 while the port's link is up.", MetricType::Gauge);
    Family packets("esplane_port_packets_total", "Frames, as the device counts them.", MetricType::Counter);
    Family bytes("esplane_port_bytes_total", "Octets of the frames, as the device counts them.", MetricType::Counter);
    Family lost("esplane_port_lost_packets_total", "Frames that the device lost, by reason.", MetricType::Counter);
    for (const dataplane::PortStatus& port : ports) {
        const Label name{"port", printable(port.name)};
        up.add({name}, port.up ? 1.0 : 0.0);
        packets.add({name, {"direction", "in"}}, port.counters.packets_in);
        packets.add({name, {"direction", "out"}}, port.counters.packets_out);
        bytes.add({name, {"direction", "in"}}, port.counters.bytes_in);
        bytes.add({name, {"direction", "out"}}, port.counters.bytes_out);
        lost.add({name, {"reason", "missed"}}, port.counters.missed);
        lost.add({name, {"reason", "errors_in"}}, port.counters.errors_in);
        lost.add({name, {"reason", "errors_out"}}, port.counters.errors_out);
        lost.add({name, {"reason", "no_buffer"}}, port.counters.no_buffer);
    }
    for (Family* family : {&up, &packets, &bytes, &lost})
        families.push_back(std::move(*family).take());
}

void add_host(const dataplane::HostInterfaceStatus& host, std::vector<MetricFamily>& families) {
    Family packets("esplane_host_packets_total", "Packets that went through the host interface.", MetricType::Counter);
    Family bytes("esplane_host_bytes_total", "Octets of these packets.", MetricType::Counter);
    Family refused("esplane_host_refused_packets_total",
                   "Packets that did not, of either direction; esplane_worker_dropped_packets_total has the reasons.",
                   MetricType::Counter);
    packets.add({{"direction", "to_host"}}, host.packets_to_host);
    packets.add({{"direction", "from_host"}}, host.packets_from_host);
    bytes.add({{"direction", "to_host"}}, host.bytes_to_host);
    bytes.add({{"direction", "from_host"}}, host.bytes_from_host);
    refused.add({}, host.refused);
    for (Family* family : {&packets, &bytes, &refused})
        families.push_back(std::move(*family).take());
}

void add_ike(const ike::Counters& counters, std::vector<MetricFamily>& families) {
    Family sas("esplane_ike_sas", "IKE SAs, by stage.", MetricType::Gauge);
    sas.add({{"stage", "half_open"}}, static_cast<double>(counters.half_open));
    sas.add({{"stage", "any"}}, static_cast<double>(counters.ike_sas));
    Family datagrams("esplane_ike_datagrams_total", "IKE datagrams received.", MetricType::Counter);
    datagrams.add({}, counters.datagrams);
    Family refused("esplane_ike_refused_datagrams_total", "IKE datagrams that led to nothing new, by reason.",
                   MetricType::Counter);
    for (const auto& [reason, count] : refused_datagrams(counters))
        refused.add({{"reason", reason}}, count);
    for (Family* family : {&sas, &datagrams, &refused})
        families.push_back(std::move(*family).take());
}

}  // namespace

std::vector<prometheus::MetricFamily> to_families(const Report& report) {
    std::vector<MetricFamily> families;
    Family build("esplane_build_info", "1, with the version as label.", MetricType::Gauge);
    build.add({{"version", report.version}}, 1.0);
    families.push_back(std::move(build).take());
    Family start("esplane_start_time_seconds", "When the gateway started, in seconds since 1970.", MetricType::Gauge);
    start.add({}, seconds(report.started_at));
    families.push_back(std::move(start).take());
    add_tunnels(report, families);
    add_workers(report, families);
    if (!report.ports.ports.empty()) add_ports(report.ports.ports, families);
    if (report.ports.host) add_host(*report.ports.host, families);
    add_ike(report.ike, families);
    return families;
}

}  // namespace esplane::gateway
