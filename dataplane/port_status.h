// What `status` says of a port that the workers drive themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace esplane::dataplane {

/// Frames and octets since the start, as the device counts them.
struct PortCounters {
    std::uint64_t packets_in = 0;
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t missed = 0;  ///< arrived, and found no room in a queue
    std::uint64_t errors_in = 0;
    std::uint64_t errors_out = 0;
    std::uint64_t no_buffer = 0;  ///< arrived, and found the pool empty
};

/// How a packet finds the worker that has its tunnel.
enum class Steering : std::uint8_t {
    kOneWorker,  ///< it is the only one
    kRules,      ///< the device looks at SPIs (rte_flow); what it does not know is spread, and handed over by workers
    kSpread,     ///< the device spreads flows (RSS), workers hand over
    kHandoff,    ///< the driver puts it anywhere, workers hand over
};

/// An address of the port's that another station on the link says is its own.
struct AddressClaim {
    std::string address;
    std::string mac;          ///< the other's, lately
    std::uint64_t count = 0;  ///< goes up while that goes on, not with every frame
};

struct PortStatus {
    std::string name;  ///< the operator's
    std::string device;
    std::string driver;  ///< DPDK's, e.g. "net_ixgbe"
    std::string role;    ///< as in the configuration
    std::string mac;
    std::uint32_t mtu_bytes = 0;
    std::uint16_t queues = 0;
    bool up = false;
    std::uint32_t mbps = 0;    ///< 0: not known
    bool checks_ipv4 = false;  ///< the device verifies checksums of received IPv4 headers; else a worker does
    bool spreads = false;      ///< the device spreads flows over the queues (RSS); else its driver does, or nobody
    Steering steering = Steering::kOneWorker;
    std::vector<std::string> steered;  ///< with kRules: the kinds of ESP, e.g. "esp/ipv4", "esp/udp/ipv6"
    std::vector<AddressClaim> claims;
    PortCounters counters;
};

/// All ports together: who is on their links.
struct NeighbourStatus {
    std::uint32_t resolved = 0;
    std::uint64_t asked = 0;
    std::uint64_t failed = 0;
    std::uint64_t refused = 0;    ///< claims that were not believed
    std::uint64_t throttled = 0;  ///< addresses not looked for: too many at once
};

/// The device by which the host's programs are at the ports' addresses.
struct HostInterfaceStatus {
    std::string name;
    std::uint64_t packets_to_host = 0;
    std::uint64_t bytes_to_host = 0;
    std::uint64_t packets_from_host = 0;
    std::uint64_t bytes_from_host = 0;
    std::uint64_t refused = 0;  ///< either way; the reasons are among the workers' drops
};

struct PortsStatus {
    std::vector<PortStatus> ports;
    NeighbourStatus neighbours;
    std::optional<HostInterfaceStatus> host;
};

}  // namespace esplane::dataplane
