// One port that DPDK drives: opened with a queue of each direction for every worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/result.h"
#include "dataplane/dpdk/kernel_interface.h"
#include "dataplane/dpdk/options.h"
#include "dataplane/dpdk/pools.h"
#include "dataplane/link/port_setup.h"
#include "dataplane/port_status.h"

struct rte_eth_dev_info;
struct rte_mempool;

namespace esplane::dataplane {

/// What the device does, so that software need not.
struct PortOffloads {
    bool checks_ipv4 = false;  ///< verifies the checksum of received IPv4 headers
    bool spreads = false;      ///< spreads flows over the queues (RSS)
};

/// Of each port: packets that may lie in its queues, and what the workers hold of them.
inline constexpr std::uint16_t kDescriptors = 1024;

class Port {
  public:
    /// Probes the device, configures and starts it. `pools` are for what it receives and must outlive it. The error
    /// names the port, what is wrong and what to do.
    static Result<Port, std::string> open(const PortOptions& options, std::size_t workers, Pools& pools);
    ~Port();
    Port(Port&& other) noexcept;
    Port& operator=(Port&&) = delete;

    std::uint16_t number() const { return number_; }  ///< DPDK's
    std::uint16_t queues() const { return queues_; }  ///< of each direction
    int node() const;                                 ///< of NUMA, that the device is on; 0 where there are none
    const PortSetup& setup() const { return setup_; }
    const PortOptions& options() const { return options_; }
    bool is_up() const;         ///< its link; one thread at a time, does not wait
    PortStatus status() const;  ///< the same
    /// What the operator should know of it although it works, a sentence each.
    const std::vector<std::string>& remarks() const { return remarks_; }

  private:
    static constexpr std::uint16_t kNone = 0xffff;

    Port(PortOptions options, std::uint16_t number) : options_(std::move(options)), number_(number) {}
    Result<void, std::string> find();
    Result<void, std::string> configure(std::size_t workers, Pools& pools);
    Result<void, std::string> check_queues(std::uint16_t most, std::size_t workers) const;
    Result<void, std::string> check_mtu(const rte_eth_dev_info& device) const;
    Result<void, std::string> set_up_queues(rte_mempool* pool);
    Result<void, std::string> begin();
    void look_at_interface();
    std::string introduction() const;
    Failure<std::string> failure(const std::string& what) const;
    Failure<std::string> failure(const std::string& what, int error) const;

    PortOptions options_;
    std::uint16_t number_ = kNone;
    std::optional<KernelInterface> interface_;
    PortSetup setup_;
    std::uint16_t queues_ = 0;
    PortOffloads offloads_;
    std::string driver_;
    std::vector<std::string> remarks_;
};

}  // namespace esplane::dataplane
