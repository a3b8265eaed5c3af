// Which routes and rules the tunnels want: a pure function of the configuration.
//
//   rule 5050  not socket mark -> table 5050    remote prefixes: they win over everything in main, longer or not
//   rule 5051  not socket mark -> main, default routes left out
//   rule 5052  not socket mark -> table 5051    remote default routes: longer prefixes in main win, as with any default
//
// In both tables, for each remote prefix: the device route, and a blackhole of a worse metric beneath it, which stays
// when the device vanishes with a crash. A local prefix that a remote prefix of the same tunnel covers is thrown back
// to main: otherwise a site inside 10.0.0.0/8 would lose its own network to a tunnel for 10.0.0.0/8. The gateway's own
// outer packets carry the mark and never see these tables, so a default route does not loop into itself.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "dataplane/packet/address.h"

namespace esplane::gateway {

struct TunnelRoutes {
    std::string tunnel;
    std::string device;
    std::vector<Prefix> local;
    std::vector<Prefix> remote;
    std::uint32_t mtu_bytes = 0;  ///< of the routes; 0: the device's
};

enum class RouteTable : std::uint32_t {
    kMain = 254,  ///< everybody's; the host interface alone has routes of ours there
    kPrefixes = 5050,
    kDefaults = 5051,
    kHost = 5052,  ///< of what is sent from an address of the host interface (host_plan.h)
};
enum class RouteKind : std::uint8_t { kBlackhole, kThrow, kDevice };

inline constexpr std::uint32_t kDeviceMetric = 100;
inline constexpr std::uint32_t kBlackholeMetric = 0x7fffffff;

struct Route {
    RouteKind kind = RouteKind::kBlackhole;
    RouteTable table = RouteTable::kPrefixes;
    Prefix prefix;
    std::uint32_t metric = kBlackholeMetric;
    std::string device;           ///< kDevice only
    std::uint32_t mtu_bytes = 0;  ///< kDevice only; 0: the device's
    std::vector<Prefix> sources;  ///< kDevice only: a source address of ours within these is preferred

    friend auto operator<=>(const Route&, const Route&) = default;
};

/// A lookup of one of our tables in one family.
struct Rule {
    Family family = Family::kIpv4;
    RouteTable table = RouteTable::kPrefixes;
    friend auto operator<=>(const Rule&, const Rule&) = default;
};

struct RoutePlan {
    std::set<Route> routes;  ///< blackholes sort first, so that laying in order never opens a gap
    std::set<Rule> rules;
};

/// Several tunnels may want one prefix: the first to ask has the best metric, one device is routed to once.
RoutePlan plan_routes(const std::vector<TunnelRoutes>& tunnels);

}  // namespace esplane::gateway
