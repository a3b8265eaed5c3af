#include "gateway/net/routing.h"

#include <algorithm>

namespace esplane::gateway {

Result<std::unique_ptr<Routing>, std::string> Routing::open(std::uint32_t socket_mark) {
    auto netlink = Netlink::open();
    if (!netlink) return Failure{netlink.error()};
    return std::unique_ptr<Routing>(new Routing(std::move(netlink).value(), socket_mark));
}

Routing::Routing(Netlink netlink, std::uint32_t socket_mark)
    : netlink_(std::move(netlink)), socket_mark_(socket_mark) {}

Routing::~Routing() {
    // Best effort, all of it: one route that will not go must not keep the others.
    for (auto route = laid_.routes.rbegin(); route != laid_.routes.rend(); ++route) {
        (void)netlink_.remove_route(*route);
    }
    for (const Rule& rule : laid_.rules) {
        (void)netlink_.remove_rule(rule, socket_mark_);
    }
}

Result<void, std::string> Routing::lay(const TunnelRoutes& routes) {
    const auto same = [&](const TunnelRoutes& known) { return known.tunnel == routes.tunnel; };
    const auto known = std::find_if(tunnels_.begin(), tunnels_.end(), same);
    if (known == tunnels_.end()) {
        tunnels_.push_back(routes);
    } else {
        *known = routes;
    }
    return apply();
}

Result<void, std::string> Routing::remove(const std::string& tunnel) {
    std::erase_if(tunnels_, [&](const TunnelRoutes& known) { return known.tunnel == tunnel; });
    return apply();
}

Result<void, std::string> Routing::device_up(const std::string& device, std::uint32_t mtu_bytes) {
    if (auto up = netlink_.set_link_up(device, mtu_bytes); !up) return up;
    devices_up_.insert(device);
    return apply();
}

Result<void, std::string> Routing::use_addresses(const std::string& tunnel, const std::string& device,
                                                 const std::vector<IpAddress>& addresses) {
    const Given before = std::exchange(given_[tunnel], {device, addresses});
    if (addresses.empty()) given_.erase(tunnel);
    for (const IpAddress& address : addresses) {
        if (auto added = netlink_.add_address(device, address); !added) return added;
    }
    Result<void, std::string> outcome;
    for (const IpAddress& address : before.addresses) {
        const bool stays =
            before.device == device && std::find(addresses.begin(), addresses.end(), address) != addresses.end();
        if (stays) continue;
        if (auto removed = netlink_.remove_address(before.device, address); !removed) outcome = removed;
    }
    return outcome;
}

void Routing::device_down(const std::string& device) {
    devices_up_.erase(device);
    std::erase_if(laid_.routes, [&](const Route& route) { return route.device == device; });
}

Result<void, std::string> Routing::apply() {
    RoutePlan wanted = plan_routes(tunnels_);
    std::erase_if(wanted.routes, [&](const Route& route) {
        return route.kind == RouteKind::kDevice && !devices_up_.contains(route.device);
    });
    // Adding before removing: at no moment does a prefix stand without its blackhole or its rule.
    if (auto added = add_missing(wanted); !added) return added;
    return remove_unwanted(wanted);
}

Result<void, std::string> Routing::add_missing(const RoutePlan& wanted) {
    const auto add_routes = [&](bool into_devices) -> Result<void, std::string> {
        for (const Route& route : wanted.routes) {
            if ((route.kind == RouteKind::kDevice) != into_devices || laid_.routes.contains(route)) continue;
            if (auto added = netlink_.add_route(route); !added) return added;
            laid_.routes.insert(route);
        }
        return {};
    };
    if (auto added = add_routes(false); !added) return added;
    for (const Rule& rule : wanted.rules) {
        if (laid_.rules.contains(rule)) continue;
        if (auto added = netlink_.add_rule(rule, socket_mark_); !added) return added;
        laid_.rules.insert(rule);
    }
    return add_routes(true);
}

Result<void, std::string> Routing::remove_unwanted(const RoutePlan& wanted) {
    // A route that only changed (an MTU, say) was replaced in place under the same key: it must not be removed again.
    const auto key_stays = [&](const Route& old) {
        return std::any_of(wanted.routes.begin(), wanted.routes.end(), [&](const Route& route) {
            return route.table == old.table && route.prefix == old.prefix && route.metric == old.metric;
        });
    };
    for (auto route = laid_.routes.begin(); route != laid_.routes.end();) {
        if (wanted.routes.contains(*route)) {
            ++route;
            continue;
        }
        if (!key_stays(*route)) {
            if (auto removed = netlink_.remove_route(*route); !removed) return removed;
        }
        route = laid_.routes.erase(route);
    }
    for (auto rule = laid_.rules.begin(); rule != laid_.rules.end();) {
        if (wanted.rules.contains(*rule)) {
            ++rule;
            continue;
        }
        if (auto removed = netlink_.remove_rule(*rule, socket_mark_); !removed) return removed;
        rule = laid_.rules.erase(rule);
    }
    return {};
}

Result<void, std::string> Routing::sweep() {
    auto found = netlink_.our_routes();
    if (!found) return Failure{found.error()};
    for (const Route& route : *found) {
        const bool wanted = std::any_of(laid_.routes.begin(), laid_.routes.end(), [&](const Route& laid) {
            return laid.kind == route.kind && laid.table == route.table && laid.prefix == route.prefix &&
                   laid.metric == route.metric;
        });
        if (wanted) continue;
        if (auto removed = netlink_.remove_route(route); !removed) return removed;
    }
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        for (const RouteTable table : {RouteTable::kPrefixes, RouteTable::kDefaults}) {
            const Rule rule{family, table};
            if (laid_.rules.contains(rule)) continue;
            if (auto removed = netlink_.remove_rule(rule, socket_mark_); !removed) return removed;
        }
    }
    return {};
}

}  // namespace esplane::gateway
