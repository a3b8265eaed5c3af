#include "benchmarks/pipeline/json.h"

#include <cmath>

#include "benchmarks/machine_json.h"
#include "benchmarks/pipeline/mix_json.h"

namespace esplane::bench {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const PipelineResult& result) {
    Json stages = Json::object();
    for (const StageCycles& stage : result.stages)
        stages[std::string(stage.stage)] = stage.cycles;
    return {{"direction", result.direction},
            {"suite", result.suite},
            {"size", size_json(parse_mix(result.size).value())},
            {"tunnels", result.tunnels},
            {"workers", result.workers},
            {"memory_per_tunnel", std::lround(result.memory_bytes)},
            {"cycles_per_packet", result.cycles_per_packet},
            {"stages", std::move(stages)},
            {"mpps", result.mpps()},
            {"gbps", result.gbps()},
            {"raw_cipher_cycles", result.raw_cipher_cycles},
            {"singly_cycles_per_packet", result.singly_cycles},
            {"batch_gain", result.batch_gain()}};
}

}  // namespace

Json to_json(const Machine& machine, std::span<const PipelineResult> results) {
    Json list = Json::array();
    for (const PipelineResult& result : results)
        list.push_back(to_json(result));
    return {{"machine", to_json(machine)}, {"results", std::move(list)}};
}

}  // namespace esplane::bench
