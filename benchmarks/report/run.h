// One file of results, as far as a report needs it: what `esplane-bench pipeline --json` writes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace esplane::bench::report {

/// What was said of the machine: "cpu_model", and its value as text.
struct Fact {
    std::string name;
    std::string value;
};

struct StageFigure {
    std::string stage;
    double cycles = 0;
};

/// All cycles are of the TSC, for one packet.
struct PipelinePoint {
    std::string direction;
    std::string suite;
    std::string size;  ///< "64", "imix"
    std::uint32_t tunnels = 0;
    std::uint32_t workers = 0;
    double cycles = 0;
    std::vector<StageFigure> stages;
    double mpps = 0;
    double gbps = 0;
    double cipher_cycles = 0;
    double batch_gain = 0;
};

struct Run {
    std::string name;  ///< what tables and legends call it; unlike that of every other run in a report
    std::vector<Fact> machine;
    std::vector<PipelinePoint> pipeline;
};

}  // namespace esplane::bench::report
