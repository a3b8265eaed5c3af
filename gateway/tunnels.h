// The configured tunnels at run time: keeps routes, devices, data plane and engine in step with the configuration.
//
//   begin:   sizes -> device -> routes -> policy (from now on packets are dropped with a count) -> engine
//   leave:   engine deletes its SAs -> policy goes -> either begin with the new options, or routes and device go
//
// Routes of a changed tunnel are laid anew before anything else happens to it: at no moment does a prefix stand open.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/mtu.h"
#include "gateway/options.h"
#include "gateway/peer_instances.h"
#include "gateway/status/report.h"
#include "gateway/surroundings.h"
#include "ike/runtime/runtime.h"

namespace esplane::gateway {

/// The routes of a tunnel; `mtu` 0: the device's.
TunnelRoutes routes_of(const TunnelOptions& tunnel, std::uint32_t mtu);

class Tunnels {
  public:
    struct Parts {
        dataplane::Dataplane& dataplane;
        ike::Runtime& runtime;
        Surroundings& surroundings;
    };

    /// What the parts refer to must outlive this.
    Tunnels(ike::EventLoop& loop, Parts parts);

    /// Adds a tunnel, or changes the one of this name. A device or route that the kernel refuses is an error; a peer to
    /// which there is no route yet is not. What went wrong is tried again from time to time.
    Result<void, std::string> set(const TunnelOptions& options);
    void remove(const std::string& name);

    /// A peer of a tunnel with a pool has come: gives it a policy in the data plane.
    void add_instance(const ike::AddInstance& instance);
    void remove_instance(dataplane::TunnelId instance) { instances_.remove(instance); }

    /// What a peer has given us, on the device of the tunnel.
    void use_addresses(const ike::UseVirtualAddresses& use);

    /// Links, addresses or routes of the host have changed: the ways to the peers are looked at soon.
    void network_changed();

    /// The data plane has found out what fits.
    void resized(const dataplane::Resized& event);

    bool contains(const std::string& name) const { return tunnels_.contains(name); }
    std::vector<std::string> names() const;
    /// Up, Down or Rekey, for a tunnel that exists.
    void command(const std::string& name, decltype(ike::Command::what) what, ike::Runtime::WhenDone when_done);

    /// All tunnels by name, or just one.
    std::vector<TunnelReport> report(const std::string& only = {}) const;

  private:
    struct Tunnel {
        TunnelOptions options;
        dataplane::TunnelId id{};
        dataplane::WorkerId worker{};    ///< of the data plane, which has it
        dataplane::ClearPort port{};     ///< of its device
        std::optional<IpAddress> local;  ///< written or found; none: there is no route, or the peer may be anywhere
        std::uint32_t link_mtu = 0;      ///< of the way to the peer
        dataplane::InnerSizes sizes;
        bool has_device = false;
        bool negotiates = false;                ///< the engine has it
        bool leaving = false;                   ///< the engine is taking it down
        std::optional<TunnelOptions> next;      ///< when it has left; nothing: it goes for good
        std::optional<ike::LastError> problem;  ///< why it is not with the engine
    };

    Result<void, std::string> begin(Tunnel& tunnel);
    void negotiate(Tunnel& tunnel);
    void try_again(Tunnel& tunnel);
    void leave(Tunnel& tunnel);
    void left(const std::string& name);
    void look_around();
    void follow_path(Tunnel& tunnel);
    void move(Tunnel& tunnel, const IpAddress& to);
    void find_path(Tunnel& tunnel);
    void follow_link(Tunnel& tunnel, std::uint32_t mtu);
    Result<void, std::string> route(const TunnelOptions& options, std::uint32_t mtu);
    Tunnel* find(dataplane::TunnelId id);
    TunnelReport report_one(const Tunnel& tunnel, const ike::TunnelStatus* status) const;
    TunnelReport report_peer(const Tunnel& tunnel, const ike::TunnelStatus& status) const;
    void count(TunnelReport& report) const;

    Parts parts_;
    std::map<std::string, Tunnel> tunnels_;
    std::map<dataplane::TunnelId, Tunnel*> by_id_;  ///< those that have begun
    PeerInstances instances_;
    std::uint32_t last_id_ = 0;
    ike::EventLoop::Timer look_around_timer_;
    bool looks_soon_ = false;
    ike::EventLoop::TimePoint rested_at_;  ///< nothing but a request looks around before
};

}  // namespace esplane::gateway
