// The two ports of this test program.
#pragma once

#include "benchmarks/pipeline/ring_ports.h"

namespace esplane::dataplane::test {

/// Of all tests: DPDK starts once in a process.
inline bench::RingWorker& ports_in_memory() {
    static bench::RingPorts ports;
    return ports.worker(0);
}

}  // namespace esplane::dataplane::test
