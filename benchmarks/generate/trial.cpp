#include "benchmarks/generate/trial.h"

namespace esplane::bench::generate {
namespace {

using Json = nlohmann::ordered_json;

Json size_of(const Mix& mix) {
    return mix.is_uniform() ? Json(mix.pattern.front()) : Json(mix.name);
}

}  // namespace

Json to_json(const Traffic& traffic) {
    return {{"family", traffic.family() == Family::kIpv4 ? 4 : 6},
            {"transport", traffic.transport == Transport::kTcp ? "tcp" : "udp"},
            {"size", size_of(traffic.mix)},
            {"flows", traffic.flows}};
}

Json to_json(const Traffic& traffic, const TrialResult& result) {
    return {{"traffic", to_json(traffic)},
            {"seconds", result.course.seconds},
            {"sent", result.course.sent},
            {"missed", result.course.missed},
            {"received", result.arrivals.received},
            {"lost", result.lost()},
            {"loss", result.loss()},
            {"reordered", result.arrivals.reordered},
            {"duplicates", result.arrivals.duplicates},
            {"foreign", result.foreign},
            {"damaged", result.damaged},
            {"mpps", result.mpps()},
            {"gbps", result.mpps() * traffic.mix.mean_length(traffic.mix.pattern.size()) * 8 / 1e3},
            {"latency_us", to_json(summarise(result.latency, result.hz))}};
}

}  // namespace esplane::bench::generate
