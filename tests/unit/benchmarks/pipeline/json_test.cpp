#include "benchmarks/pipeline/json.h"

#include <catch2/catch.hpp>

namespace esplane::bench {
namespace {

using Json = nlohmann::ordered_json;

const Machine kMachine{.cpu_model = "a cpu",
                       .kernel = "Linux 6",
                       .compiler = "gcc 12",
                       .ipsec_mb = "1.3.0",
                       .ipsec_mb_arch = "AVX2",
                       .tsc_hz = 2.5e9};

PipelineResult result(const char* size, double mean_length) {
    return {.direction = "encap",
            .suite = "aes256gcm16",
            .size = size,
            .mean_length = mean_length,
            .tunnels = 1000,
            .workers = 2,
            .memory_bytes = 1234.4,
            .cycles_per_packet = 250,
            .stages = {{"policy_lookup", 50}, {"seal", 200}},
            .singly_cycles = 375,
            .raw_cipher_cycles = 125,
            .tsc_hz = kMachine.tsc_hz};
}

TEST_CASE("results have the shape that reports are made from") {
    const std::vector<PipelineResult> results{result("1000", 1000)};
    CHECK(to_json(kMachine, results) == Json::parse(R"({
        "machine": {"cpu_model": "a cpu", "tsc_hz": 2.5e9, "kernel": "Linux 6", "compiler": "gcc 12",
                    "ipsec_mb": "1.3.0", "ipsec_mb_arch": "AVX2"},
        "results": [{"direction": "encap", "suite": "aes256gcm16", "size": 1000, "tunnels": 1000, "workers": 2,
                     "memory_per_tunnel": 1234, "cycles_per_packet": 250.0, "stages": {"policy_lookup": 50.0, "seal": 200.0},
                     "mpps": 20.0, "gbps": 160.0, "raw_cipher_cycles": 125.0, "singly_cycles_per_packet": 375.0,
                     "batch_gain": 1.5}]})"));
}

TEST_CASE("the size of a mixture is its name") {
    const std::vector<PipelineResult> results{result("imix", 348)};
    CHECK(to_json(kMachine, results)["results"][0]["size"] == "imix");
}

TEST_CASE("no results are an empty list") {
    CHECK(to_json(kMachine, {})["results"] == Json::array());
}

}  // namespace
}  // namespace esplane::bench
