#include "benchmarks/machine_json.h"

namespace esplane::bench {

nlohmann::ordered_json to_json(const Machine& machine) {
    return {{"cpu_model", machine.cpu_model}, {"tsc_hz", machine.tsc_hz},     {"kernel", machine.kernel},
            {"compiler", machine.compiler},   {"ipsec_mb", machine.ipsec_mb}, {"ipsec_mb_arch", machine.ipsec_mb_arch}};
}

}  // namespace esplane::bench
