// The gateway's own ports on both sides.
#pragma once

#include "dataplane/dataplane.h"
#include "gateway/port_paths.h"
#include "gateway/surroundings.h"

namespace esplane::gateway {

class PortSurroundings final : public Surroundings {
  public:
    /// `dataplane` must outlive it.
    PortSurroundings(dataplane::Dataplane& dataplane, const dataplane::DpdkOptions& options)
        : dataplane_(dataplane), paths_(options) {}

    Result<OuterPath, std::string> find_path(const IpAddress& peer) const override { return paths_.find(peer); }
    /// All clear ports together are one device, whatever it is called.
    Result<dataplane::ClearPort, std::string> acquire(const std::string&, std::uint32_t) override;
    Result<void, std::string> make_room(const std::string&, std::uint32_t) override { return {}; }
    void release(const std::string&) override {}
    /// The configuration refuses tunnels that would need one.
    Result<void, std::string> use_addresses(const std::string&, const std::string&,
                                            const std::vector<IpAddress>&) override {
        return {};
    }
    // Whatever is for a tunnel's networks comes in by a clear port, and finds the tunnel by its policies. What the host
    // sends has to be told apart first.
    Result<void, std::string> lay(const TunnelRoutes& routes) override {
        dataplane_.protect(routes.tunnel, routes.local, routes.remote);
        return {};
    }
    Result<void, std::string> remove_routes(const std::string& tunnel) override {
        dataplane_.protect(tunnel, {}, {});
        return {};
    }

  private:
    dataplane::Dataplane& dataplane_;
    PortPaths paths_;
    bool open_ = false;
};

}  // namespace esplane::gateway
