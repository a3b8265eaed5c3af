#include "benchmarks/rfc2544/json.h"

#include "benchmarks/generate/latency.h"
#include "benchmarks/generate/trial.h"
#include "benchmarks/machine_json.h"

namespace esplane::bench::rfc2544 {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Spread& spread) {
    return {{"mean", spread.mean}, {"min", spread.least}, {"max", spread.greatest}};
}

Json to_json(const Throughput& throughput, const Mix& mix) {
    const double mpps = throughput.rate / 1e6;
    return {{"mpps", mpps},
            {"gbps", mix.gbps(mpps)},
            {"loss", throughput.rate > 0 ? throughput.outcome.loss() : 0},
            {"confirmed", throughput.is_confirmed},
            {"generator_bound", throughput.is_generator_bound},
            {"trials", throughput.trials}};
}

Json to_json(const LoadedLatency& latency) {
    return {{"load", latency.load},
            {"mpps", latency.rate / 1e6},
            {"loss", latency.outcome.loss()},
            {"latency_us", generate::to_json(generate::summarise(latency.outcome.latency, latency.outcome.hz))}};
}

Json to_json(const BackToBack& bursts, const Result& result) {
    Json json{{"packets", to_json(bursts.packets)}, {"unlimited", bursts.is_unlimited}};
    if (!bursts.is_unlimited)
        json["buffer_seconds"] = buffer_seconds(bursts.packets.mean, result.highest_rate, result.throughput.rate);
    return json;
}

Json to_json(const Result& result) {
    Json json{{"traffic", generate::to_json(result.traffic)},
              {"throughput", to_json(result.throughput, result.traffic.mix)}};
    if (result.tolerant) json["throughput_0.1_percent"] = to_json(*result.tolerant, result.traffic.mix);
    for (const LoadedLatency& latency : result.latencies)
        json["latencies"].push_back(to_json(latency));
    if (result.back_to_back) json["back_to_back"] = to_json(*result.back_to_back, result);
    if (result.recovery) json["recovery_seconds"] = to_json(*result.recovery);
    if (result.reset) {
        json["reset_seconds"] = {{"by_loss", to_json(result.reset->by_loss)},
                                 {"by_silence", to_json(result.reset->by_silence)}};
    }
    return json;
}

}  // namespace

Json to_json(const Machine& machine, std::span<const Result> results) {
    Json list = Json::array();
    for (const Result& result : results)
        list.push_back(to_json(result));
    return {{"machine", bench::to_json(machine)}, {"rfc2544", std::move(list)}};
}

}  // namespace esplane::bench::rfc2544
