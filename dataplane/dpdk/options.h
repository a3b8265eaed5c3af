// What an operator chooses of the ports that DPDK drives. Plain: without a header of DPDK's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/packet/address.h"
#include "dataplane/written_at.h"

namespace esplane::dataplane {

/// Which side of the gateway a port is on.
enum class PortRole : std::uint8_t { kClear, kCipher, kBoth };

/// An address of the gateway's own, and the length of the prefix that is on its link.
struct PortAddress {
    IpAddress address;
    std::uint8_t prefix_length = 0;

    bool operator==(const PortAddress&) const = default;
};

struct PortOptions {
    std::string name;    ///< the operator's, e.g. "wan"
    std::string device;  ///< a PCI address, or a virtual device with its arguments: "net_af_packet0,iface=wan"
    WrittenAt device_at;
    PortRole role = PortRole::kBoth;
    std::vector<PortAddress> addresses;
    std::vector<IpAddress> gateways;  ///< next hop for what is not on the link; at most one a family
    std::uint32_t mtu_bytes = 1500;
    std::uint16_t queues = 0;           ///< of each direction; 0: one a worker
    std::optional<std::uint16_t> vlan;  ///< tag of all frames (802.1Q), 1 to 4094

    bool operator==(const PortOptions&) const = default;
};

struct DpdkOptions {
    std::vector<std::string> eal;  ///< further arguments of the EAL
    WrittenAt eal_at;
    std::vector<PortOptions> ports;
    std::string host_interface;  ///< a TUN device, by which the host is at the ports' addresses; empty: none

    /// Else TUN devices are the clear side.
    bool has_clear_port() const {
        for (const PortOptions& port : ports) {
            if (port.role != PortRole::kCipher) return true;
        }
        return false;
    }

    bool operator==(const DpdkOptions&) const = default;
};

}  // namespace esplane::dataplane
