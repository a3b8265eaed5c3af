// What one point of a run says. All cycles are of the TSC, for one packet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace esplane::bench {

struct StageCycles {
    std::string_view stage;
    double cycles = 0;
};

struct PipelineResult {
    std::string_view direction;
    std::string suite;
    std::string size;           ///< "64", "imix"
    double mean_length = 0;     ///< octets of the inner packets
    std::uint32_t tunnels = 0;  ///< of each worker
    std::uint32_t workers = 1;
    double memory_bytes = 0;          ///< of the data plane, for each tunnel
    double cycles_per_packet = 0;     ///< of a worker; all stages without a stop between them
    std::vector<StageCycles> stages;  ///< each by itself, with a fence before and behind
    double singly_cycles = 0;         ///< the same packets, each through all stages before the next
    double raw_cipher_cycles = 0;     ///< the cipher's call alone, in the same run
    double tsc_hz = 0;

    double mpps() const { return workers * tsc_hz / cycles_per_packet / 1e6; }  ///< of all workers
    double gbps() const { return mpps() * mean_length * 8 / 1e3; }              ///< of inner packets
    double ratio() const { return cycles_per_packet / raw_cipher_cycles; }
    double batch_gain() const { return singly_cycles / cycles_per_packet; }
};

}  // namespace esplane::bench
