#include "gateway/status/json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/unit/gateway/status/example.h"

namespace esplane::gateway {
namespace {

using Json = nlohmann::ordered_json;

TEST_CASE("an established tunnel has all that the contract names") {
    const Json tunnel = to_json(example_report())["tunnels"][0];
    CHECK(tunnel["name"] == "net");
    CHECK(tunnel["state"] == "established");
    CHECK(tunnel["peer"] == "192.0.2.2");
    CHECK(tunnel["peer_port"] == 4500);
    CHECK(tunnel["peer_id"] == "gw-b.example.org");
    CHECK(tunnel["mtu"] == 1438);
    CHECK(tunnel["mss"] == 1398);
    CHECK(tunnel["last_error"] == nullptr);
    CHECK(tunnel["packets_in"] == 1500);
    CHECK(tunnel["drops"] == Json{{"replayed", 3}});

    const Json& ike = tunnel["ike"];
    CHECK(ike["spi_i"] == "0000000000000001");
    CHECK(ike["spi_r"] == "fedcba9876543210");
    CHECK(ike["suite"] == "aes256gcm16-prfsha256-ecp256");
    CHECK(ike["established_at"] == "2025-01-31T23:50:00Z");
    CHECK(ike["rekey_at"] == "2025-02-01T07:00:00Z");
    CHECK(ike["nat"] == "local");

    REQUIRE(tunnel["children"].size() == 1);
    const Json child = tunnel["children"][0];
    CHECK(child["name"] == "net");
    CHECK(tunnel["missing"] == Json::array());
    CHECK(child["spi_in"] == "00c0ffee");
    CHECK(child["spi_out"] == "deadbeef");
    CHECK(child["suite"] == "aes256gcm16");
    CHECK(child["state"] == "installed");
    CHECK(child["mode"] == "tunnel");
    CHECK(child["encapsulation"] == "udp");
    CHECK(child["local"] == Json::array({"10.1.0.0/24"}));
    CHECK(child["remote"] == Json::array({"10.2.0.0/24"}));
    CHECK(child["packets_in"] == 1000);
    CHECK(child["bytes_in"] == 1'200'000);
    CHECK(child["packets_out"] == 1);
    CHECK(child["bytes_out"] == 84);
    CHECK(child["rekey_at"] == "2025-02-01T00:52:00Z");
}

TEST_CASE("a tunnel that is not up has null, not nothing") {
    const Json tunnels = to_json(example_report())["tunnels"];
    CHECK(tunnels[1]["state"] == "connecting");
    CHECK(tunnels[1]["last_error"] ==
          Json{{"code", "peer_silent"}, {"message", "tunnel aws: no answer from 198.51.100.7"}});
    CHECK(tunnels[2]["state"] == "down");
    CHECK(tunnels[2]["start"] == "listen");
    for (const char* key : {"peer", "ike", "last_error", "local"})
        CHECK(tunnels[2].at(key) == nullptr);
    CHECK(tunnels[2]["children"] == Json::array());
    CHECK(tunnels[2]["drops"] == Json::object());
}

TEST_CASE("ports tell what they are and what they carried, where there are any") {
    Report report = example_report();
    CHECK_FALSE(to_json(report).contains("ports"));
    report.ports = {.ports = {example_port()}, .neighbours = {.resolved = 3}};
    const Json status = to_json(report);
    const Json& port = status["ports"][0];
    CHECK(port["name"] == "wan");
    CHECK(port["link"] == "down");
    CHECK(port["speed_mbps"] == 10'000);
    CHECK(port["ipv4_checksum"] == "device");
    CHECK(port["rss"] == false);
    CHECK(port["packets_in"] == 12);
    CHECK(port["missed"] == 1);
    CHECK(port["steering"] == "one_worker");
    CHECK(port["steered"] == Json::array());
    CHECK(port["claimed_by_others"] == Json::array());
    dataplane::PortStatus& steered = report.ports.ports.front();
    steered.steering = dataplane::Steering::kRules;
    steered.steered = {"esp/ipv4"};
    steered.claims = {{"192.0.2.1", "02:00:5e:00:53:99", 4}};
    const Json changed = to_json(report)["ports"][0];
    CHECK(changed["steering"] == "rte_flow");
    CHECK(changed["steered"] == Json::array({"esp/ipv4"}));
    CHECK(changed["claimed_by_others"][0]["address"] == "192.0.2.1");
    CHECK(changed["claimed_by_others"][0]["mac"] == "02:00:5e:00:53:99");
    CHECK(status["neighbours"]["resolved"] == 3);
}

TEST_CASE("the host interface tells what went either way, where there is one") {
    Report report = example_report();
    report.ports.ports = {example_port()};
    CHECK_FALSE(to_json(report).contains("host_interface"));
    report.ports.host = example_host_interface();
    CHECK(to_json(report)["host_interface"] == Json{{"name", "esp-host"},
                                                    {"packets_to_host", 20},
                                                    {"bytes_to_host", 2000},
                                                    {"packets_from_host", 30},
                                                    {"bytes_from_host", 4000},
                                                    {"refused", 5}});
}

TEST_CASE("whether there is ML-KEM is told") {
    Report report = example_report();
    CHECK_FALSE(to_json(report).contains("ml_kem"));
    report.ml_kem = "available (OpenSSL 3.5.1)";
    CHECK(to_json(report)["ml_kem"] == "available (OpenSSL 3.5.1)");
}

TEST_CASE("workers tell their drops") {
    const Json status = to_json(example_report());
    CHECK(status["version"] == "1.2.3");
    CHECK(status["started_at"] == "2025-01-31T21:47:00Z");
    CHECK(status["workers"] == Json::array({{{"id", 0},
                                             {"cpu", nullptr},
                                             {"packets", 1001},
                                             {"handed_over", 12},
                                             {"load", 0.25},
                                             {"burst", 2.5},
                                             {"stalled", false},
                                             {"drops", {{"no_policy", 7}, {"replayed", 3}}}}}));
}

TEST_CASE("what IKE refused is told by reason") {
    const Json ike = to_json(example_report())["ike"];
    CHECK(ike["half_open"] == 2);
    CHECK(ike["ike_sas"] == 5);
    CHECK(ike["datagrams"] == 90);
    CHECK(ike["refused"] == Json{{"bad_icv", 4}});
}

TEST_CASE("every state and NAT has its name") {
    Report report = example_report();
    const std::tuple<bool, bool, const char*> nats[] = {
        {false, false, "none"}, {true, false, "local"}, {false, true, "remote"}, {true, true, "both"}};
    for (const auto& [local, remote, name] : nats) {
        report.tunnels[0].ike.ike->local_nat = local;
        report.tunnels[0].ike.ike->remote_nat = remote;
        CHECK(to_json(report)["tunnels"][0]["ike"]["nat"] == name);
    }
}

}  // namespace
}  // namespace esplane::gateway
