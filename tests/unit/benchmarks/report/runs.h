// Runs for tests of the report.
#pragma once

#include <string>

#include "benchmarks/report/reader.h"

namespace esplane::bench::report::test {

/// A file with one point, as `pipeline --json` writes it.
inline std::string one_point(const std::string& size, const std::string& cycles, const std::string& tunnels = "1") {
    return R"({"machine": {"cpu_model": "a cpu", "tsc_hz": 2.5e9},
               "results": [{"direction": "encap", "suite": "aes256gcm16", "size": )" +
           size + R"(, "tunnels": )" + tunnels + R"(, "workers": 1, "cycles_per_packet": )" + cycles +
           R"(, "stages": {"policy_lookup": 50.0, "seal": 200.0}, "mpps": 10.0, "gbps": 80.0,
               "raw_cipher_cycles": 125.0, "singly_cycles_per_packet": 375.0, "batch_gain": 1.5}]})";
}

/// With all points of `more`, too.
inline Run joined(Run run, const Run& more) {
    run.pipeline.insert(run.pipeline.end(), more.pipeline.begin(), more.pipeline.end());
    return run;
}

inline std::size_t occurrences(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size()))
        ++count;
    return count;
}

}  // namespace esplane::bench::report::test
