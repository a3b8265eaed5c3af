#include "benchmarks/pipeline/mix_json.h"

namespace esplane::bench {

nlohmann::ordered_json size_json(const Mix& mix) {
    if (mix.is_uniform()) return mix.pattern.front();
    return mix.name;
}

}  // namespace esplane::bench
