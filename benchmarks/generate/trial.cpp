#include "benchmarks/generate/trial.h"

#include "benchmarks/pipeline/mix_json.h"

namespace esplane::bench::generate {
nlohmann::ordered_json to_json(const Traffic& traffic) {
    return {{"family", traffic.family() == Family::kIpv4 ? 4 : 6},
            {"transport", traffic.transport == Transport::kTcp ? "tcp" : "udp"},
            {"size", size_json(traffic.mix)},
            {"flows", traffic.flows}};
}

nlohmann::ordered_json to_json(const Traffic& traffic, const TrialResult& result) {
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
            {"gbps", traffic.mix.gbps(result.mpps())},
            {"latency_us", to_json(summarise(result.latency, result.hz))}};
}

}  // namespace esplane::bench::generate
