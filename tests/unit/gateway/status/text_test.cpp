#include "gateway/status/text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "crypto/random.h"
#include "gateway/status/json.h"
#include "tests/unit/gateway/status/example.h"

namespace esplane::gateway {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& status) {
    return to_text(status, {.color = false, .now = example_report().wall_clock});
}

TEST_CASE("a person sees whether there is ML-KEM") {
    Report report = example_report();
    report.ml_kem = "not available (OpenSSL 3.0.17; it takes 3.5 or later)";
    CHECK_THAT(text_of(to_json(report)),
               Catch::Contains("\nML-KEM: not available (OpenSSL 3.0.17; it takes 3.5 or later)\n"));
}

TEST_CASE("a person sees what is up, what is down, and why") {
    CHECK(text_of(to_json(example_report())) ==
          R"(esplane 1.2.3, running for 2h 13m: 3 tunnels, 1 established, 1 connecting, 1 down

● net  established with 192.0.2.2 (gw-b.example.org) for 10m
    IKE    aes256gcm16-prfsha256-ecp256, NAT in front of us, rekey in 7h
    CHILD  aes256gcm16, ESP in UDP, SPI 00c0ffee in, deadbeef out, rekey in 52m
           10.1.0.0/24 === 10.2.0.0/24
           in 1.2 MB (1,000 packets), out 84 B (1 packet)
    link   esp0, MTU 1438, MSS 1398
    drops  replayed 3

◐ aws  connecting, peer any address
    link   esp1, MTU 1438, MSS 1398
    why    peer_silent: tunnel aws: no answer from 198.51.100.7

○ idle  down, peer any address
    link   esp0, MTU 1418, MSS 1378
    why    waits for the peer (start: listen)

worker 0 dropped no_policy 7, replayed 3
)");
}

TEST_CASE("a pool is a line, and each peer of it another one") {
    Report report = example_report();
    TunnelReport road = report.tunnels.front();
    TunnelReport peer = road;
    peer.ike.instance_of = dataplane::TunnelId{1};
    peer.ike.virtual_addresses = {IpAddress::parse("10.99.0.7").value(), IpAddress::parse("fd00:99::7").value()};
    road.ike.name = "road";
    road.ike.ike.reset();
    road.ike.children.clear();
    road.ike.pool = ike::PoolStatus{{Prefix::parse("10.99.0.0/24").value()}, 254, 1};
    road.peers = {peer};
    report.tunnels = {road};
    const Json json = to_json(report);
    CHECK(json["tunnels"][0]["peers"][0]["virtual_addresses"] == Json({"10.99.0.7", "fd00:99::7"}));
    CHECK(json["tunnels"][0]["peers"][0]["children"].size() == 1);
    CHECK_THAT(text_of(json), Catch::Matchers::Contains(R"(
● road  established with 1 peer
    link   esp0, MTU 1438, MSS 1398
    drops  replayed 3
    pool   10.99.0.0/24: 1 of 254 addresses in use
    peer   gw-b.example.org has 10.99.0.7, fd00:99::7, from 192.0.2.2 for 10m, in 1.8 MB, out 168 B
)"));
}

TEST_CASE("what a peer has given us is a line") {
    Report report = example_report();
    report.tunnels.resize(1);
    report.tunnels[0].ike.virtual_addresses = {IpAddress::parse("10.77.0.1").value()};
    report.tunnels[0].ike.dns = {IpAddress::parse("10.2.0.53").value()};
    CHECK_THAT(text_of(to_json(report)), Catch::Matchers::Contains("    given  10.77.0.1, DNS 10.2.0.53\n"));
}

TEST_CASE("a port is three lines") {
    Report report = example_report();
    report.ports.ports = {example_port()};
    const std::string text = to_text(to_json(report), {.now = report.wall_clock});
    CHECK_THAT(text, Catch::Matchers::Contains(R"(
port wan  link down, cipher, net_ixgbe, MTU 1500
    has    02:00:5e:00:53:01, 2 queues; IPv4 checksums are verified by the device
    in     1.3 kB (12 packets), missed 1, errors 0, without buffer 0
    out    64 B (1 packet), errors 0
)"));
}

TEST_CASE("the host interface is three lines") {
    Report report = example_report();
    report.ports = {.ports = {example_port()}, .host = example_host_interface()};
    const std::string text = to_text(to_json(report), {.now = report.wall_clock});
    CHECK_THAT(text, Catch::Matchers::Contains(R"(
host interface esp-host
    to     the host 2.0 kB (20 packets)
    from   the host 4.0 kB (30 packets); refused 5 either way
)"));
}

TEST_CASE("a port tells how packets find their worker, and who claims its addresses") {
    Report report = example_report();
    report.ports.ports = {example_port()};
    dataplane::PortStatus& port = report.ports.ports.front();
    port.steering = dataplane::Steering::kRules;
    port.steered = {"esp/ipv4", "esp/udp/ipv6"};
    port.claims = {{"192.0.2.1", "02:00:5e:00:53:99", 4}};
    CHECK_THAT(text_of(to_json(report)), Catch::Contains(R"(
    queues the device puts esp/ipv4, esp/udp/ipv6 into its worker's
    clash  192.0.2.1 is claimed by another station, 02:00:5e:00:53:99
)"));
    port.steering = dataplane::Steering::kSpread;
    CHECK_THAT(text_of(to_json(report)), Catch::Contains("\n    queues the device spreads packets (RSS), "));
    port.steering = dataplane::Steering::kHandoff;
    CHECK_THAT(text_of(to_json(report)), Catch::Contains("\n    queues the driver spreads packets, "));
}

TEST_CASE("a CHILD_SA on its way out takes one line") {
    Json status = to_json(example_report());
    status["tunnels"][0]["children"][0]["state"] = "retiring";
    const std::string text = text_of(status);
    CHECK_THAT(text,
               Catch::Contains("    CHILD  SPI 00c0ffee in, deadbeef out, replaced or deleted, ends in seconds\n"));
    CHECK_THAT(text, !Catch::Contains("==="));
}

TEST_CASE("of several CHILD_SAs each says its name, and the tunnel which it lacks") {
    Report report = example_report();
    report.tunnels[0].ike.children[0].name = "web";
    report.tunnels[0].ike.missing = {"db", "mail"};
    const std::string text = text_of(to_json(report));
    CHECK_THAT(text, Catch::Contains("    CHILD  web, aes256gcm16, ESP in UDP, SPI") &&
                         Catch::Contains("    lacks  db, mail\n"));
}

TEST_CASE("transport mode is said, tunnel mode goes without saying") {
    Report report = example_report();
    report.tunnels[0].ike.children[0].mode = dataplane::Mode::kTransport;
    CHECK_THAT(text_of(to_json(report)), Catch::Contains(", ESP in UDP in transport mode, SPI"));
}

TEST_CASE("colours frame the state and nothing else") {
    const Json status = to_json(example_report());
    const std::string colored = to_text(status, {.color = true, .now = example_report().wall_clock});
    CHECK_THAT(colored, Catch::Contains("\x1b[32mestablished\x1b[0m") && Catch::Contains("\x1b[31mdown\x1b[0m"));
    CHECK(text_of(status).find('\x1b') == std::string::npos);
}

TEST_CASE("no text of the gateway's reaches the terminal as a command") {
    Json status = to_json(example_report());
    status["tunnels"][1]["last_error"]["message"] = "\x1b]0;owned\x07\nnext";
    status["tunnels"][0]["peer_id"] = "\x1b[2J";
    const std::string text = text_of(status);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK_THAT(text, Catch::Contains("\\x1b]0;owned\\x07\\x0anext"));
}

TEST_CASE("a status of another version is shown as far as it goes") {
    for (const char* odd : {"null", "{}", "[]", "7", R"({"tunnels":{}})", R"({"tunnels":[7,null,{}]})",
                            R"({"tunnels":[{"name":7,"ike":[],"children":[{}],"drops":[],"last_error":{}}]})",
                            R"({"workers":[{"drops":{"x":{}}}],"tunnels":"x"})"}) {
        CAPTURE(odd);
        CHECK_THAT(text_of(Json::parse(odd)), Catch::StartsWith("esplane "));
    }
}

}  // namespace
}  // namespace esplane::gateway
