// All tests of one traffic through one device, in the RFC's order: each needs the throughput that the first finds.
#pragma once

#include <vector>

#include "benchmarks/rfc2544/json.h"
#include "benchmarks/rfc2544/progress.h"

namespace esplane::bench::rfc2544 {

/// What can be done to the device. Without `restart` it is not restarted.
struct Device {
    Trial trial;
    Burst burst;
    Overload overload;
    Restart restart;
};

struct Examination {
    ThroughputSearch throughput;
    double tolerated_loss = 0.001;  ///< of the second search
    bool latency = true;
    bool back_to_back = true;
    bool recovery = true;
    std::vector<double> loads{0.1, 0.5, 0.9};
    double latency_seconds = 120;
    unsigned latency_repetitions = 20;  ///< RFC 2544 26.2
    double burst_seconds = 2;           ///< RFC 2544 26.4: the longest burst, at the highest rate
    unsigned burst_repetitions = 50;    ///< RFC 2544 26.4
    double overload_seconds = 60;       ///< RFC 2544 26.5
    double restart_seconds = 120;       ///< it must forward again within
    unsigned repetitions = 1;           ///< of recovery and reset
};

/// `examination.throughput.highest_rate` is the medium's, or 0: then what the generator can send is tried first.
Result examine(const Device& device, const generate::Traffic& traffic, Examination examination, const Watch& watch);

}  // namespace esplane::bench::rfc2544
