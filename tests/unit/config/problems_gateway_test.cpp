#include <catch2/catch.hpp>

#include "tests/unit/config/yaml.h"

namespace esplane::config {
namespace {

using testing::problems_of;

TEST_CASE("What is wrong in gateway is named with what is accepted") {
    struct Line {
        std::string text;
        std::string problem;  // at line 2
    };
    const std::string metrics = "; write an IP address and a port, such as 127.0.0.1:9510 or [::1]:9510";
    const std::string how_many = "; write how many, as 2, or the cpu of each, as [2, 3]";
    std::string cpus = "0";
    for (int cpu = 1; cpu < 65; ++cpu)
        cpus += ", " + std::to_string(cpu);
    const std::vector<Line> lines = {
        {"dataplane: tap", "14: gateway.dataplane: 'tap' is not accepted; one of tun, dpdk"},
        {"workers: 0", "12: gateway.workers: '0' is not a number from 1 to 64" + how_many},
        {"workers: 65", "12: gateway.workers: '65' is not a number from 1 to 64" + how_many},
        {"workers: auto", "12: gateway.workers: 'auto' is not a number from 1 to 64" + how_many},
        {"workers: [x]", "13: gateway.workers: 'x' is not a number from 0 to 1023" + how_many},
        {"workers: [0, 1024]", "16: gateway.workers: '1024' is not a number from 0 to 1023" + how_many},
        {"workers: [2, 3, 2]", "19: gateway.workers: cpu 2 has a worker already"},
        {"workers: []", "12: gateway.workers: from 1 to 64 are possible" + how_many},
        {"workers: [" + cpus + "]", "12: gateway.workers: from 1 to 64 are possible" + how_many},
        {"poll: always", "9: gateway.poll: 'always' is not accepted; one of adaptive, busy"},
        {"control_socket: sock", "19: gateway.control_socket: 'sock' is not an absolute path"},
        {"control_socket: /run/",
         "19: gateway.control_socket: '/run/' is a directory; the name of the socket is missing"},
        {"control_socket: /" + std::string(107, 'a'),
         "19: gateway.control_socket: '/" + std::string(79, 'a') + "...' is too long for a socket; at most 107 octets"},
        {"state_directory: state", "20: gateway.state_directory: 'state' is not an absolute path"},
        {"metrics: 9510", "12: gateway.metrics: '9510' has no port" + metrics},
        {"metrics: localhost:9510", "12: gateway.metrics: 'localhost:9510' is not accepted" + metrics},
        {"metrics: '::1:9510'", "12: gateway.metrics: '::1:9510' is not accepted" + metrics},
        {"metrics: 127.0.0.1:0", "12: gateway.metrics: '127.0.0.1:0' is not accepted" + metrics},
        {"metrics: 127.0.0.1:65536", "12: gateway.metrics: '127.0.0.1:65536' is not accepted" + metrics},
        {"log: warn",
         "8: gateway.log: 'warn' is not accepted; did you mean 'warning'? one of error, warning, info, debug"},
        {"allow_insecure: perhaps", "19: gateway.allow_insecure: 'perhaps' is not accepted; write yes or no"},
        {"ike: {retransmit: 500}",
         "21: gateway.ike.retransmit: '500' has no unit; write '500s' if seconds are meant (ms, s, m, h and d are "
         "accepted)"},
        {"ike: {retransmit: 5ms}", "21: gateway.ike.retransmit: '5ms' is out of range: 50ms to 1m"},
        {"ike: {retries: 0}", "18: gateway.ike.retries: '0' is not a number from 1 to 20"},
        {"ike: {retry_interval: 1ms}", "25: gateway.ike.retry_interval: '1ms' is out of range: 100ms to 1d"},
        {"ike: {cookie_threshold: -1}", "27: gateway.ike.cookie_threshold: '-1' is not a number from 0 to 1000000"},
        {"ike: {half_open_limit: 8}",
         "26: gateway.ike.half_open_limit: a cookie_threshold of 32 above the half_open_limit of 8 would never ask for "
         "a "
         "cookie"},
        {"ike: {tries: 3}",
         "9: unknown key 'tries'; did you mean 'retries'? accepted here: retransmit, retries, retry_interval, "
         "cookie_threshold, half_open_limit, handshakes_per_second"},
        {"profile: aws",
         "3: unknown key 'profile'; accepted here: dataplane, workers, poll, control_socket, metrics, log, "
         "allow_insecure, "
         "ike, state_directory"},
    };
    for (const Line& line : lines) {
        INFO(line.text);
        CHECK(problems_of("gateway:\n  " + line.text + "\ntunnels: {}\n") ==
              std::vector<std::string>{"2:" + line.problem});
    }
}

}  // namespace
}  // namespace esplane::config
