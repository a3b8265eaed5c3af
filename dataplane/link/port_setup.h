// What the data plane has to know of a port for every frame: plain values, fixed at the start.
#pragma once

#include <vector>

#include "dataplane/dpdk/options.h"
#include "dataplane/link/ethernet.h"

namespace esplane::dataplane {

struct PortSetup {
    PortRole role = PortRole::kBoth;
    MacAddress mac;
    std::optional<std::uint16_t> vlan;
    std::vector<PortAddress> addresses;
    std::vector<IpAddress> gateways;
    std::uint32_t mtu_bytes = 1500;

    bool has(const IpAddress& address) const {
        for (const PortAddress& own : addresses) {
            if (own.address == address) return true;
        }
        return false;
    }
    bool is_clear() const { return role != PortRole::kCipher; }
    bool is_cipher() const { return role != PortRole::kClear; }
};

/// `mac` is the device's.
inline PortSetup setup_of(const PortOptions& options, const MacAddress& mac) {
    return {.role = options.role,
            .mac = mac,
            .vlan = options.vlan,
            .addresses = options.addresses,
            .gateways = options.gateways,
            .mtu_bytes = options.mtu_bytes};
}

}  // namespace esplane::dataplane
