// A gateway's two ports, in memory, and the workers that have a queue pair of each.
#pragma once

#include <deque>
#include <memory>

#include "benchmarks/pipeline/ring_worker.h"
#include "dataplane/dpdk/eal.h"
#include "dataplane/dpdk/pools.h"

namespace esplane::bench {

/// One in a process: it starts the EAL. The clear side is 10.1.0.1/16, the cipher side 192.0.2.1/24; every host that
/// frames go to is a neighbour whose MAC address is known.
class RingPorts {
  public:
    static constexpr unsigned kMostWorkers = 16;

    /// Throws std::runtime_error.
    explicit RingPorts(unsigned workers = 1);
    ~RingPorts();
    RingPorts(const RingPorts&) = delete;
    RingPorts& operator=(const RingPorts&) = delete;

    RingWorker& worker(std::size_t index) { return workers_[index]; }

  private:
    void make_devices();

    std::unique_ptr<dataplane::Eal> eal_;
    std::unique_ptr<dataplane::Pools> pools_;
    std::deque<QueueRings> rings_;  // by worker
    std::unique_ptr<dataplane::Links> links_;
    std::deque<RingWorker> workers_;
};

}  // namespace esplane::bench
