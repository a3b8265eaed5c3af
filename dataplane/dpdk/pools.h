// Pools of packet buffers, one on each NUMA node that has a port.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "crypto/result.h"
#include "dataplane/dpdk/options.h"

struct rte_mempool;

namespace esplane::dataplane {

/// What all pools together take, in octets, for so many workers.
std::size_t pool_bytes(const DpdkOptions& options, std::size_t workers);

/// Where a worker takes buffers from.
struct PacketPools {
    rte_mempool* frames = nullptr;
    rte_mempool* large = nullptr;  ///< Pools::large()
};

class Pools {
  public:
    /// `buffer_bytes`: of the largest frame. The EAL must run, and outlive the pools; so must whoever uses them not.
    Pools(const DpdkOptions& options, std::size_t workers);
    ~Pools();
    Pools(const Pools&) = delete;
    Pools& operator=(const Pools&) = delete;

    std::size_t mebibytes() const { return mebibytes_; }  ///< that the EAL must have for all of them
    /// On this node; made when it is asked for first. Null when there is no memory for it.
    rte_mempool* on_node(int node);
    /// A few buffers for packets of any length, which came in fragments. A device may keep what it is given to send for
    /// long, so it is given none of these. Null when there is no memory for them.
    rte_mempool* large();

  private:
    unsigned buffers_;
    unsigned large_buffers_;
    std::size_t room_bytes_;
    std::size_t mebibytes_;
    std::map<int, rte_mempool*> pools_;
    rte_mempool* large_ = nullptr;
};

}  // namespace esplane::dataplane
