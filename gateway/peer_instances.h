// The peers of tunnels with a pool, each a tunnel of its own for the data plane.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "dataplane/dataplane.h"

namespace esplane::gateway {

class PeerInstances {
  public:
    /// `dataplane` must outlive this.
    explicit PeerInstances(dataplane::Dataplane& dataplane) : dataplane_(dataplane) {}

    /// `policy` is that of one peer of the tunnel `of`.
    void add(dataplane::TunnelId of, const dataplane::TunnelPolicy& policy);
    void remove(dataplane::TunnelId instance);
    /// The tunnel itself is gone.
    void forget(dataplane::TunnelId tunnel);

    /// False when the event is about no instance.
    bool resized(const dataplane::Resized& event);
    /// What fits through it; empty until the data plane knows.
    std::optional<dataplane::InnerSizes> sizes(dataplane::TunnelId instance) const;
    /// `own`, and what was dropped of the tunnel's peers, those that have gone included.
    dataplane::DropCounts with_peers(dataplane::TunnelId tunnel, const dataplane::DropCounts& own) const;

  private:
    struct Instance {
        dataplane::TunnelId of{};
        std::optional<dataplane::InnerSizes> sizes;
    };
    struct Peers {
        std::set<dataplane::TunnelId> there;
        std::map<std::string, std::uint64_t> gone_drops;
    };

    dataplane::Dataplane& dataplane_;
    std::map<dataplane::TunnelId, Instance> instances_;
    std::map<dataplane::TunnelId, Peers> peers_;
};

}  // namespace esplane::gateway
