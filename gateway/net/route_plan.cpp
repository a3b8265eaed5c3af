#include "gateway/net/route_plan.h"

#include <algorithm>
#include <map>

#include "dataplane/sa/inner_sizes.h"

namespace esplane::gateway {
namespace {

RouteTable table_for(const Prefix& prefix) {
    return prefix.length == 0 ? RouteTable::kDefaults : RouteTable::kPrefixes;
}

bool covers(const Prefix& wide, const Prefix& narrow) {
    return wide.length < narrow.length && wide.contains(narrow.address);
}

/// RFC 8200 5: IPv6 packets of 1280 octets pass any link. The data plane sees to it where less fits.
std::uint32_t mtu_for(const Prefix& prefix, std::uint32_t mtu) {
    const bool raise = prefix.address.family() == Family::kIpv6 && mtu != 0;
    return raise ? std::max(mtu, dataplane::kLeastMtuIpv6) : mtu;
}

void plan_remote(RoutePlan& plan, const TunnelRoutes& tunnel, const Prefix& prefix, std::vector<std::string>& devices) {
    const RouteTable table = table_for(prefix);
    plan.routes.insert({.kind = RouteKind::kBlackhole, .table = table, .prefix = prefix});
    plan.rules.insert({prefix.address.family(), table});
    if (std::find(devices.begin(), devices.end(), tunnel.device) != devices.end()) return;
    plan.routes.insert({.kind = RouteKind::kDevice,
                        .table = table,
                        .prefix = prefix,
                        .metric = kDeviceMetric + static_cast<std::uint32_t>(devices.size()),
                        .device = tunnel.device,
                        .mtu_bytes = mtu_for(prefix, tunnel.mtu_bytes),
                        .sources = tunnel.local});
    devices.push_back(tunnel.device);
}

}  // namespace

RoutePlan plan_routes(const std::vector<TunnelRoutes>& tunnels) {
    RoutePlan plan;
    std::map<Prefix, std::vector<std::string>> devices_of;  // in the order in which tunnels asked
    for (const TunnelRoutes& tunnel : tunnels) {
        for (const Prefix& prefix : tunnel.remote) {
            plan_remote(plan, tunnel, prefix, devices_of[prefix]);
        }
    }
    for (const TunnelRoutes& tunnel : tunnels) {
        for (const Prefix& local : tunnel.local) {
            // A default route needs no throw: rule 5051 lets main's longer prefixes go first.
            const bool covered = std::any_of(tunnel.remote.begin(), tunnel.remote.end(), [&](const Prefix& remote) {
                return remote.length > 0 && covers(remote, local);
            });
            // What another tunnel reaches is behind that tunnel, not in main.
            if (!covered || devices_of.contains(local)) continue;
            plan.routes.insert({.kind = RouteKind::kThrow, .prefix = local, .metric = kDeviceMetric});
        }
    }
    return plan;
}

}  // namespace esplane::gateway
