// What all workers share of the ports: fixed at the start, but for what is said on their links, and of them.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "dataplane/dpdk/host_device.h"
#include "dataplane/dpdk/port.h"
#include "dataplane/link/address_claims.h"
#include "dataplane/link/neighbour_table.h"
#include "dataplane/link/next_hops.h"
#include "dataplane/link/responder.h"

namespace esplane::dataplane {

struct Links {
    /// `hash_seed`: random, of the neighbour table.
    Links(std::vector<Port> opened, std::uint64_t hash_seed);
    Links(const Links&) = delete;
    Links& operator=(const Links&) = delete;

    const Port& port(PortNumber number) const { return ports[to_number(number)]; }
    const PortSetup& setup(PortNumber number) const { return setups[to_number(number)]; }

    std::vector<Port> ports;
    std::vector<PortSetup> setups;  ///< by port
    NextHops hops{setups};
    NeighbourTable neighbours;
    std::unique_ptr<HostDevice> host;  ///< null: the host has no part in the ports
    AddressClaims claims;
    std::vector<std::atomic<bool>> up;  ///< by port: whether its link was when the control thread looked at it last
};

}  // namespace esplane::dataplane
