// Everything that `status` and the metrics show, as values taken at one moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/dataplane.h"
#include "dataplane/sa/inner_sizes.h"
#include "ike/core/actions.h"

namespace esplane::gateway {

struct TunnelReport {
    ike::TunnelStatus ike;
    std::vector<dataplane::ChildCounters> child_counters;  ///< one for each of `ike.children`, in their order
    std::vector<dataplane::DropCounts> child_drops;        ///< the same
    dataplane::ChildCounters totals;                       ///< of all CHILD_SAs since the tunnel was configured
    dataplane::DropCounts drops;
    std::string device;
    dataplane::InnerSizes sizes;
    std::string local_address;  ///< empty while unknown
    ike::StartMode start = ike::StartMode::kAuto;
    std::vector<TunnelReport> peers;  ///< of a tunnel with a pool; its own numbers have theirs in them
};

struct Report {
    ike::TimePoint now;                                ///< to turn the engine's times into dates
    std::chrono::system_clock::time_point wall_clock;  ///< the same moment
    std::chrono::system_clock::time_point started_at;
    std::string version;
    std::string ml_kem;  ///< whether the OpenSSL that runs has it, and which that is
    int pid = 0;
    std::vector<TunnelReport> tunnels;
    std::vector<dataplane::WorkerStatus> workers;
    dataplane::PortsStatus ports;  ///< none where the kernel drives the devices
    ike::Counters ike;
};

/// IKE datagrams that led to nothing new, by reason.
dataplane::DropCounts refused_datagrams(const ike::Counters& counters);

}  // namespace esplane::gateway
