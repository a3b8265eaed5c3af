// DPDK's environment: started once, and only where ports are DPDK's.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "crypto/result.h"
#include "dataplane/dpdk/options.h"

namespace esplane::dataplane {

class Eal {
  public:
    /// Once in a process. `memory_bytes`: for all pools. Uses hugepages where enough are free, else ordinary pages. The
    /// calling thread stays on the cpus that it may run on. The error says what to do.
    static Result<std::unique_ptr<Eal>, std::string> start(const DpdkOptions& options, std::size_t memory_bytes);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;

    /// One sentence when there are no hugepages, with what that costs and how to have some; else empty.
    const std::string& warning() const { return warning_; }

  private:
    explicit Eal(std::string warning) : warning_(std::move(warning)) {}
    std::string warning_;
};

}  // namespace esplane::dataplane
