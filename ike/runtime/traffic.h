// What passed through each CHILD_SA and each tunnel, as the data plane counts it.
#pragma once

#include <map>
#include <set>

#include "dataplane/dataplane.h"
#include "ike/core/actions.h"

namespace esplane::ike {

class Traffic final : public TrafficView {
  public:
    /// `dataplane` must outlive this.
    explicit Traffic(const dataplane::Dataplane& dataplane) : dataplane_(dataplane) {}

    void installed(dataplane::ChildId child, dataplane::TunnelId tunnel);
    /// Call before the data plane forgets the child, so that its tunnel's totals keep what it counted.
    void retiring(dataplane::ChildId child);
    void forget(dataplane::TunnelId tunnel);
    /// What passes through an instance counts as the configured tunnel's, which outlives it.
    void add_instance(dataplane::TunnelId instance, dataplane::TunnelId of) { configured_[instance] = of; }
    void remove_instance(dataplane::TunnelId instance) { configured_.erase(instance); }

    std::uint64_t packets_in(dataplane::ChildId child) const override { return counters(child).packets_in; }
    std::uint64_t packets_out(dataplane::ChildId child) const override { return counters(child).packets_out; }
    dataplane::ChildCounters counters(dataplane::ChildId child) const;
    /// Of all CHILD_SAs that the tunnel has had: never goes down, unlike the sum over those of today.
    dataplane::ChildCounters totals(dataplane::TunnelId tunnel) const;

  private:
    struct Tunnel {
        std::set<dataplane::ChildId> children;
        dataplane::ChildCounters retired;  ///< summed over those that are gone
    };

    const dataplane::Dataplane& dataplane_;
    std::map<dataplane::ChildId, dataplane::TunnelId> tunnel_of_;
    std::map<dataplane::TunnelId, Tunnel> tunnels_;
    std::map<dataplane::TunnelId, dataplane::TunnelId> configured_;  // of instances
};

}  // namespace esplane::ike
