#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <map>

#include "dataplane/io/file_descriptor.h"
#include "gateway/metrics/families.h"
#include "gateway/metrics/server.h"
#include "tests/unit/gateway/status/example.h"
#include "tests/unit/ike/runtime/socket_address.h"

namespace esplane::gateway {
namespace {

/// "name{label=value,...}" to value.
std::map<std::string, double> flat(const Report& report) {
    std::map<std::string, double> samples;
    for (const auto& family : to_families(report)) {
        for (const auto& metric : family.metric) {
            std::string name = family.name;
            for (const auto& label : metric.label)
                name += " " + label.name + "=" + label.value;
            samples[name] = family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
        }
    }
    return samples;
}

TEST_CASE("metrics name tunnels, workers and reasons") {
    Report report = example_report();
    report.ports = {.ports = {example_port()}, .host = example_host_interface()};
    const auto samples = flat(report);
    const std::map<std::string, double> expected{
        {"esplane_build_info version=1.2.3", 1},
        {"esplane_start_time_seconds", 1'738'368'000 - 2 * 3600 - 13 * 60},
        {"esplane_tunnel_established tunnel=net", 1},
        {"esplane_tunnel_established tunnel=aws", 0},
        {"esplane_tunnel_established tunnel=idle", 0},
        {"esplane_tunnel_error tunnel=aws code=peer_silent", 1},
        {"esplane_tunnel_packets_total tunnel=net direction=in", 1500},
        {"esplane_tunnel_bytes_total tunnel=net direction=out", 168},
        {"esplane_tunnel_dropped_packets_total tunnel=net reason=replayed", 3},
        {"esplane_worker_packets_total worker=0", 1001},
        {"esplane_worker_handed_over_packets_total worker=0", 12},
        {"esplane_worker_busy_seconds_total worker=0", 1.5},
        {"esplane_worker_bursts_total worker=0", 4},
        {"esplane_worker_arrived_packets_total worker=0", 10},
        {"esplane_worker_stalled worker=0", 0},
        {"esplane_ike_sas stage=half_open", 2},
        {"esplane_ike_refused_datagrams_total reason=bad_icv", 4},
        {"esplane_worker_dropped_packets_total worker=0 reason=no_policy", 7},
        {"esplane_port_up port=wan", 0},
        {"esplane_port_packets_total port=wan direction=in", 12},
        {"esplane_port_lost_packets_total port=wan reason=missed", 1},
        {"esplane_host_packets_total direction=to_host", 20},
        {"esplane_host_bytes_total direction=from_host", 4000},
        {"esplane_host_refused_packets_total", 5},
    };
    for (const auto& [name, value] : expected) {
        INFO(name);
        REQUIRE(samples.contains(name));
        CHECK(samples.at(name) == value);
    }
}

/// Listens on a free port of the loopback while it lives.
struct Listener {
    Listener() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const auto any = SocketAddress::from({IpAddress::parse("127.0.0.1").value(), 0});
        REQUIRE(bind(socket.get(), any.get(), any.length) == 0);
        REQUIRE(listen(socket.get(), 1) == 0);
        SocketAddress bound;
        REQUIRE(getsockname(socket.get(), bound.writable(), &bound.length) == 0);
        endpoint = bound.endpoint().value();
    }
    dataplane::FileDescriptor socket;
    Endpoint endpoint;
};

std::string scrape(const Endpoint& endpoint) {
    const dataplane::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto to = SocketAddress::from(endpoint);
    REQUIRE(connect(socket.get(), to.get(), to.length) == 0);
    const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
    REQUIRE(send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    std::string page;
    std::array<char, 4096> buffer;
    for (ssize_t length; (length = recv(socket.get(), buffer.data(), buffer.size(), 0)) > 0;) {
        page.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return page;
}

TEST_CASE("a scrape gets the report that was published last") {
    Endpoint endpoint = Listener().endpoint;  // free a moment ago
    auto server = MetricsServer::start(endpoint);
    REQUIRE(server.ok());
    (*server)->publish(example_report());
    CHECK_THAT(scrape(endpoint), Catch::Contains("esplane_tunnel_established{tunnel=\"net\"} 1"));
    Report changed = example_report();
    changed.tunnels[0].ike.state = ike::TunnelState::kDown;
    (*server)->publish(changed);
    CHECK_THAT(scrape(endpoint), Catch::Contains("esplane_tunnel_established{tunnel=\"net\"} 0"));
}

TEST_CASE("an address in use is an error that names it") {
    const Listener taken;
    const auto server = MetricsServer::start(taken.endpoint);
    REQUIRE_FALSE(server.ok());
    CHECK_THAT(server.error(), Catch::Contains(taken.endpoint.to_string()));
}

}  // namespace
}  // namespace esplane::gateway
