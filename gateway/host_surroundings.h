// The kernel's network: TUN devices and routes into them bring plain packets. Its routes lead to the peers, too, unless
// ports of our own do.
#pragma once

#include <functional>
#include <utility>

#include "gateway/devices.h"
#include "gateway/surroundings.h"

namespace esplane::gateway {

class HostSurroundings final : public Surroundings {
  public:
    using FindPath = std::function<Result<OuterPath, std::string>(const IpAddress& peer)>;

    /// Both references must outlive it.
    HostSurroundings(dataplane::Dataplane& dataplane, Routing& routing, FindPath find_path)
        : routing_(routing), devices_(dataplane, routing), find_path_(std::move(find_path)) {}

    Result<OuterPath, std::string> find_path(const IpAddress& peer) const override { return find_path_(peer); }
    Result<dataplane::ClearPort, std::string> acquire(const std::string& device, std::uint32_t mtu) override {
        return devices_.acquire(device, mtu);
    }
    Result<void, std::string> make_room(const std::string& device, std::uint32_t mtu) override {
        return devices_.make_room(device, mtu);
    }
    void release(const std::string& device) override { devices_.release(device); }
    Result<void, std::string> use_addresses(const std::string& tunnel, const std::string& device,
                                            const std::vector<IpAddress>& addresses) override {
        return routing_.use_addresses(tunnel, device, addresses);
    }
    Result<void, std::string> lay(const TunnelRoutes& routes) override { return routing_.lay(routes); }
    Result<void, std::string> remove_routes(const std::string& tunnel) override { return routing_.remove(tunnel); }

  private:
    Routing& routing_;
    Devices devices_;
    FindPath find_path_;
};

}  // namespace esplane::gateway
