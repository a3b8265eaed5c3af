#include "gateway/net/host_interface.h"

namespace esplane::gateway {

Result<std::unique_ptr<HostInterface>, std::string> HostInterface::open(const HostPlan& plan) {
    auto netlink = Netlink::open();
    if (!netlink) return Failure{netlink.error()};
    std::unique_ptr<HostInterface> host(new HostInterface(std::move(netlink).value()));
    if (auto applied = host->apply(plan); !applied) return Failure{applied.error()};
    return host;
}

Result<void, std::string> HostInterface::apply(const HostPlan& plan) {
    if (auto removed = netlink_.remove_source_rules(); !removed) return removed;
    // Before the addresses: nobody is to send from one that has no rule, which would leave by another device.
    for (const IpAddress& address : plan.addresses) {
        if (auto added = netlink_.add_source_rule(address); !added) return added;
    }
    if (auto up = netlink_.set_link_up(plan.device, plan.mtu_bytes); !up) return up;
    for (const IpAddress& address : plan.addresses) {
        if (auto added = netlink_.add_address(plan.device, address); !added) return added;
    }
    // Behind the addresses: a route's preferred source is one of the host's.
    for (const Route& route : plan.routes) {
        if (auto added = netlink_.add_route(route); !added) return added;
    }
    return {};
}

HostInterface::~HostInterface() {
    (void)netlink_.remove_source_rules();
}

}  // namespace esplane::gateway
