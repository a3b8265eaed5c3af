// A report with one tunnel of each kind, for the tests of everything that shows reports.
#pragma once

#include "gateway/status/report.h"

namespace esplane::gateway {

/// A port with its link down, one frame lost.
inline dataplane::PortStatus example_port() {
    return {.name = "wan",
            .device = "0000:03:00.0",
            .driver = "net_ixgbe",
            .role = "cipher",
            .mac = "02:00:5e:00:53:01",
            .mtu_bytes = 1500,
            .queues = 2,
            .mbps = 10'000,
            .checks_ipv4 = true,
            .counters = {.packets_in = 12, .packets_out = 1, .bytes_in = 1300, .bytes_out = 64, .missed = 1}};
}

inline dataplane::HostInterfaceStatus example_host_interface() {
    return {.name = "esp-host",
            .packets_to_host = 20,
            .bytes_to_host = 2000,
            .packets_from_host = 30,
            .bytes_from_host = 4000,
            .refused = 5};
}

/// `net`: established behind a NAT, with one CHILD_SA. `aws`: connecting, with an error. `idle`: listens.
inline Report example_report() {
    using namespace std::chrono_literals;
    Report report;
    report.now = ike::TimePoint(1000s);
    report.wall_clock = std::chrono::system_clock::from_time_t(1'738'368'000);  // 2025-02-01 00:00:00
    report.started_at = report.wall_clock - 2h - 13min;
    report.version = "1.2.3";
    report.pid = 42;

    TunnelReport net;
    net.ike.name = "net";
    net.ike.state = ike::TunnelState::kEstablished;
    net.ike.peer = Endpoint{IpAddress::parse("192.0.2.2").value(), 4500};
    net.ike.peer_id = "gw-b.example.org";
    net.ike.ike = ike::IkeStatus{.spi_i = ike::IkeSpi{0x1},
                                 .spi_r = ike::IkeSpi{0xfedcba9876543210},
                                 .initiator = true,
                                 .suite = {},
                                 .established_at = report.now - 10min,
                                 .rekey_at = report.now + 7h,
                                 .local_nat = true,
                                 .remote_nat = false};
    const auto selector = [](const char* prefix) {
        return dataplane::TrafficSelector::from_prefix(Prefix::parse(prefix).value());
    };
    net.ike.children.push_back({.id = dataplane::ChildId{1},
                                .name = "net",
                                .spi_in = dataplane::Spi{0xc0ffee},
                                .spi_out = dataplane::Spi{0xdeadbeef},
                                .suite = {},
                                .selectors = {{selector("10.1.0.0/24")}, {selector("10.2.0.0/24")}},
                                .encapsulation = dataplane::Encapsulation::kUdp,
                                .state = "installed",
                                .established_at = report.now - 5min,
                                .rekey_at = report.now + 52min});
    net.child_counters.push_back({.packets_in = 1000, .bytes_in = 1'200'000, .packets_out = 1, .bytes_out = 84});
    net.totals = {.packets_in = 1500, .bytes_in = 1'800'000, .packets_out = 2, .bytes_out = 168};
    net.drops = {{"replayed", 3}};
    net.device = "esp0";
    net.sizes = {1438, 1398, 1378};
    net.local_address = "192.0.2.1";

    TunnelReport aws;
    aws.ike.name = "aws";
    aws.ike.state = ike::TunnelState::kConnecting;
    aws.ike.last_error = ike::LastError{"peer_silent", "tunnel aws: no answer from 198.51.100.7"};
    aws.device = "esp1";
    aws.sizes = {1438, 1398, 1378};

    TunnelReport idle;
    idle.ike.name = "idle";
    idle.start = ike::StartMode::kListen;
    idle.device = "esp0";
    idle.sizes = {1418, 1378, 1358};

    report.tunnels = {net, aws, idle};
    report.workers = {{.id = 0,
                       .cpu = -1,
                       .packets = 1001,
                       .handed_over = 12,
                       .bursts = 4,
                       .arrived = 10,
                       .busy = 1500ms,
                       .load = 0.25,
                       .drops = {{"no_policy", 7}, {"replayed", 3}}}};
    report.ike.half_open = 2;
    report.ike.ike_sas = 5;
    report.ike.datagrams = 90;
    report.ike.bad_icv = 4;
    return report;
}

}  // namespace esplane::gateway
