#include "benchmarks/handshakes/json.h"

#include <catch2/catch.hpp>

namespace esplane::bench {
namespace {

using Json = nlohmann::ordered_json;

TEST_CASE("results of handshakes for programs") {
    const HandshakeResults results{
        .set_ups = {{.established = 1000,
                     .set_ups = 200,
                     .median_us = 150,
                     .mean_us = 160,
                     .public_key_us = 75,
                     .octets_each = 4000.4,
                     .octets_tunnel = 1500}},
        .cold_starts = {{.tunnels = 10, .seconds = 2.5, .wall_seconds = 5, .cookies_asked = 3, .dropped = 1}},
        .floods = {{.rate = 1000,
                    .seconds = 2,
                    .spoofed_us = 4,
                    .memory_octets = 1024,
                    .honest = 20,
                    .honest_up = 19,
                    .rekeys = 10,
                    .rekeys_done = 9}}};
    const Json json = to_json(Machine{}, results);
    CHECK(json.contains("machine"));
    CHECK(json["set_ups"] == Json::parse(R"([{"established": 1000, "set_ups": 200, "median_us": 150.0,
        "mean_us": 160.0, "public_key_us": 75.0, "ratio": 2.0, "octets_each": 4000, "octets_tunnel": 1500}])"));
    CHECK(json["cold_starts"] == Json::parse(R"([{"tunnels": 10, "seconds": 2.5, "wall_seconds": 5.0,
        "cookies_asked": 3, "dropped": 1}])"));
    CHECK(json["floods"] == Json::parse(R"([{"rate": 1000, "seconds": 2, "spoofed_us": 4.0, "memory_octets": 1024,
        "honest": 20, "honest_up": 19, "rekeys": 10, "rekeys_done": 9}])"));
}

}  // namespace
}  // namespace esplane::bench
