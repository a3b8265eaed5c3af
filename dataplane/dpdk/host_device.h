// The device by which the host's own programs are at the ports' addresses: a TUN device, of one queue for all workers.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/io/file_descriptor.h"
#include "dataplane/link/host_routes.h"
#include "dataplane/sa/counter.h"

namespace esplane::dataplane {

struct HostDevice {
    /// `ports` must outlive it.
    HostDevice(std::string device, FileDescriptor queue, const std::vector<PortSetup>& ports)
        : name(std::move(device)), tun(std::move(queue)), routes(ports) {}

    std::string name;
    FileDescriptor tun;
    HostRoutes routes;
};

/// Buffers that a worker keeps of each port, and of all tunnels together, until the host may have them.
inline constexpr std::size_t kMostForHost = 64;

/// One direction, as one worker counts it.
struct HostCounters {
    Counter packets;
    Counter bytes;
    Counter refused;  ///< packets that were too many, too large, or not wanted by who should take them
};

}  // namespace esplane::dataplane
