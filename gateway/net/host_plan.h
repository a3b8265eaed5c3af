// How the kernel is to have the ports' addresses on the host interface: a pure function of the configuration.
//
//   each address, alone, on the device
//   main        the prefixes on the ports' links, and a default route where a port has a gateway; of so bad a metric
//               that whatever the host has by other devices wins
//   rule 5053   from such an address -> table 5052
//   table 5052  the same prefixes, and a default route always: what is sent from a port's address leaves by this device
//               or not at all, whatever else the host is connected to
//
// The rules of the tunnels' tables (route_plan.h) stand in front.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/dpdk/options.h"
#include "gateway/net/route_plan.h"

namespace esplane::gateway {

struct HostPlan {
    std::string device;
    std::uint32_t mtu_bytes = 0;  ///< the largest of a port; smaller ones are on the routes
    std::vector<IpAddress> addresses;
    std::vector<Route> routes;
};

HostPlan plan_host(const dataplane::DpdkOptions& options);

}  // namespace esplane::gateway
