// What the tunnels need of the network around the gateway: the way to a peer, and how plain packets come and go. The
// host's kernel has both, or the gateway's own ports do.
#pragma once

#include <cstdint>
#include <string>

#include "crypto/result.h"
#include "dataplane/sa/types.h"
#include "gateway/net/route_plan.h"
#include "gateway/outer_path.h"

namespace esplane::gateway {

class Surroundings {
  public:
    virtual ~Surroundings() = default;

    /// The error says what is known of the way, as a sentence without its end.
    virtual Result<OuterPath, std::string> find_path(const IpAddress& peer) const = 0;

    /// Counts one more user of a device for plain packets, whose MTU is to be this at least.
    virtual Result<dataplane::ClearPort, std::string> acquire(const std::string& device, std::uint32_t mtu) = 0;
    /// Raises the MTU of a device in use to this, if it is smaller.
    virtual Result<void, std::string> make_room(const std::string& device, std::uint32_t mtu) = 0;
    /// One user less.
    virtual void release(const std::string& device) = 0;

    /// Gives the device these addresses, in place of those that were given for this tunnel before.
    virtual Result<void, std::string> use_addresses(const std::string& tunnel, const std::string& device,
                                                    const std::vector<IpAddress>& addresses) = 0;

    /// Wants these routes from now on, in place of what the tunnel of this name wanted.
    virtual Result<void, std::string> lay(const TunnelRoutes& routes) = 0;
    virtual Result<void, std::string> remove_routes(const std::string& tunnel) = 0;
};

}  // namespace esplane::gateway
