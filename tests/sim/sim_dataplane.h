// A data plane that keeps the contract of the real one towards the engine, and moves reduced packets, so that a test
// sees whether both ends have the same keys under the same SPIs at every moment.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "ike/core/actions.h"
#include "tests/sim/sim_network.h"

namespace esplane::sim {

class SimDataplane : public ike::TrafficView {
  public:
    struct Child {
        dataplane::ChildOptions options;
        bool asked_by_peer = false;  ///< a replacement that the peer's exchange made
        std::uint64_t packets_in = 0;
        std::uint64_t packets_out = 0;
    };

    /// As the end of its process: all SAs are gone. What the engine did wrong stays noted.
    void lose_all();
    /// Returns what to tell the engine.
    std::optional<ike::DataplaneEvent> apply(ike::Action action);

    /// The packet that a policy of the tunnel sends now; empty when it has no outbound SA.
    std::optional<Packet> seal(dataplane::TunnelId tunnel, std::uint32_t policy, std::uint64_t number);
    struct Opened {
        bool ok = false;
        bool known = false;  ///< an SA has its SPI
        dataplane::TunnelId tunnel{};
        std::optional<ike::DataplaneEvent> event;
    };
    Opened open(const Packet& packet);

    bool has(dataplane::Spi spi) const;

    std::uint64_t packets_in(dataplane::ChildId child) const override;
    std::uint64_t packets_out(dataplane::ChildId child) const override;

    const std::map<dataplane::ChildId, Child>& children() const { return children_; }
    /// Who sends for this policy of the tunnel; null when nobody does.
    const Child* outbound(dataplane::TunnelId tunnel, std::uint32_t policy = 0) const;
    /// Instances that there are, by what they carry.
    const std::map<dataplane::TunnelId, ike::AddInstance>& instances() const { return instances_; }
    /// Whose policy has this address behind it; null when nobody's.
    const ike::AddInstance* instance_for(const IpAddress& address) const;
    /// What the engine did that it must never do: an ID used twice, an SPI twice, an order about an unknown SA.
    const std::vector<std::string>& offences() const { return offences_; }

  private:
    void add(const ike::AddInstance& order);
    void remove(dataplane::TunnelId instance);
    void install(dataplane::ChildOptions options);
    void activate(dataplane::ChildId id);
    void retire(dataplane::ChildId id);
    void send_on(const Child& child);
    Child* known(dataplane::ChildId id, const char* order);

    std::map<dataplane::ChildId, Child> children_;
    std::map<dataplane::TunnelId, ike::AddInstance> instances_;
    using Policy = std::pair<dataplane::TunnelId, std::uint32_t>;
    static Policy policy_of(const Child& child) { return {child.options.tunnel, child.options.policy}; }

    std::map<Policy, std::vector<dataplane::ChildId>> senders_;  ///< the last one sends
    std::uint64_t highest_id_ = 0;
    std::vector<std::string> offences_;
};

}  // namespace esplane::sim
