// The generator's two ports: one sends, the other receives.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/ethdev/station.h"
#include "benchmarks/generate/stamper.h"
#include "dataplane/dpdk/eal.h"
#include "dataplane/dpdk/pools.h"

namespace esplane::bench::ethdev {

struct StationOptions {
    std::string device;  ///< a PCI address, or a virtual device with its arguments
    std::vector<dataplane::PortAddress> addresses;
};

struct StationsOptions {
    StationOptions sender;
    StationOptions receiver;
    std::optional<IpAddress> router;  ///< on the sender's link; its MAC address is asked for
    std::optional<dataplane::MacAddress> router_mac;
    std::uint32_t mtu_bytes = 1500;
    std::vector<std::string> eal;  ///< further arguments of the EAL
};

/// One in a process: it starts the EAL.
class Stations {
  public:
    /// Throws std::runtime_error that says what is wrong and what to do.
    explicit Stations(const StationsOptions& options);

    Station& sender() { return *sender_; }
    Station& receiver() { return *receiver_; }
    /// Of the frames that are sent.
    const generate::EthernetEnds& ends() const { return ends_; }
    /// What is slower than it could be, for the operator; empty otherwise.
    const std::string& warning() const { return eal_->warning(); }

  private:
    std::unique_ptr<dataplane::Eal> eal_;
    std::unique_ptr<dataplane::Pools> pools_;
    std::unique_ptr<Station> sender_;
    std::unique_ptr<Station> receiver_;
    generate::EthernetEnds ends_;
};

}  // namespace esplane::bench::ethdev
