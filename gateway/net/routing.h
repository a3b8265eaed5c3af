// Keeps the kernel's routes and rules as the tunnels want them (the picture is in route_plan.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/result.h"
#include "gateway/net/netlink.h"
#include "gateway/net/route_plan.h"

namespace esplane::gateway {

/// Owns what it laid: the destructor takes it all away. A crash leaves blackholes and rules behind, on purpose.
class Routing {
  public:
    /// `socket_mark`: of the gateway's own sockets, whose packets are to miss the tunnels' tables.
    static Result<std::unique_ptr<Routing>, std::string> open(std::uint32_t socket_mark);
    ~Routing();
    Routing(const Routing&) = delete;
    Routing& operator=(const Routing&) = delete;

    /// Wants these routes from now on, in place of what the tunnel of this name wanted. Blackholes and rules are laid
    /// at once, the routes into the device as soon as it is up (device_up lays those that had to wait).
    Result<void, std::string> lay(const TunnelRoutes& routes);
    /// Wants no routes for this tunnel any more. What no other tunnel wants is removed.
    Result<void, std::string> remove(const std::string& tunnel);
    /// Sets the MTU, takes the device up, lays the routes that waited for it.
    Result<void, std::string> device_up(const std::string& device, std::uint32_t mtu_bytes);
    /// Gives the device these addresses, in place of those that were given for this tunnel before.
    Result<void, std::string> use_addresses(const std::string& tunnel, const std::string& device,
                                            const std::vector<IpAddress>& addresses);
    /// Forgets the routes into a device that is about to be closed (the kernel drops them with it).
    void device_down(const std::string& device);
    /// Removes what an earlier run left behind and nobody wants now. Call once, when every tunnel has been laid.
    Result<void, std::string> sweep();

  private:
    Routing(Netlink netlink, std::uint32_t socket_mark);
    Result<void, std::string> apply();
    Result<void, std::string> add_missing(const RoutePlan& wanted);
    Result<void, std::string> remove_unwanted(const RoutePlan& wanted);

    Netlink netlink_;
    std::uint32_t socket_mark_;
    std::vector<TunnelRoutes> tunnels_;
    std::set<std::string> devices_up_;
    RoutePlan laid_;
    struct Given {
        std::string device;
        std::vector<IpAddress> addresses;
    };
    std::map<std::string, Given> given_;  // by tunnel
};

}  // namespace esplane::gateway
