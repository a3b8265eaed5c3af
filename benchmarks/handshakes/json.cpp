#include "benchmarks/handshakes/json.h"

#include <cmath>

#include "benchmarks/machine_json.h"

namespace esplane::bench {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const SetUpCost& cost) {
    return {{"established", cost.established},
            {"set_ups", cost.set_ups},
            {"median_us", cost.median_us},
            {"mean_us", cost.mean_us},
            {"public_key_us", cost.public_key_us},
            {"ratio", cost.ratio()},
            {"octets_each", std::lround(cost.octets_each)},
            {"octets_tunnel", std::lround(cost.octets_tunnel)}};
}

Json to_json(const ColdStart& start) {
    return {{"tunnels", start.tunnels},
            {"seconds", start.seconds},
            {"wall_seconds", start.wall_seconds},
            {"cookies_asked", start.cookies_asked},
            {"dropped", start.dropped}};
}

Json to_json(const Flood& flood) {
    return {{"rate", flood.rate},
            {"seconds", flood.seconds},
            {"spoofed_us", flood.spoofed_us},
            {"memory_octets", std::lround(flood.memory_octets)},
            {"honest", flood.honest},
            {"honest_up", flood.honest_up},
            {"rekeys", flood.rekeys},
            {"rekeys_done", flood.rekeys_done}};
}

template <typename Result>
Json list_of(const std::vector<Result>& results) {
    Json list = Json::array();
    for (const Result& result : results)
        list.push_back(to_json(result));
    return list;
}

}  // namespace

Json to_json(const Machine& machine, const HandshakeResults& results) {
    return {{"machine", to_json(machine)},
            {"set_ups", list_of(results.set_ups)},
            {"cold_starts", list_of(results.cold_starts)},
            {"floods", list_of(results.floods)}};
}

}  // namespace esplane::bench
