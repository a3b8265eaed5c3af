// A configured tunnel with what has become of it, and the table that finds the tunnels for a peer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ike/core/actions.h"
#include "ike/core/configuration.h"
#include "ike/core/pool.h"
#include "ike/core/redirect.h"

namespace esplane::ike {

inline constexpr std::size_t kMaxWaiters = 64;
/// A tunnel that takes any peer may serve several; one more, and the oldest goes.
inline constexpr std::size_t kMaxIkeSasOfTunnel = 64;

/// A command that is answered later.
struct Waiter {
    enum class For : std::uint8_t { kUp, kDown, kRekeyChild, kRekeyIke };
    CommandId id{};
    For what = For::kUp;
    std::vector<dataplane::ChildId> children;  ///< kRekeyChild: those not yet replaced
    std::size_t asked_for = 0;                 ///< and how many there were
};

/// What we want of one of a tunnel's policies, and what has become of it.
struct PolicyState {
    bool wanted = false;                  ///< to be negotiated whenever it has no CHILD_SA
    bool trapped = false;                 ///< the next packet that wants it brings it up
    bool served = false;                  ///< it had a CHILD_SA that worked, and has not lost it by itself
    std::uint32_t failures = 0;           ///< attempts in a row for it alone
    std::optional<TimePoint> not_before;  ///< no new attempt by itself until then
    std::optional<LastError> last_error;
};

/// What makes a tunnel an instance: one peer of a configured tunnel that has a pool.
struct Instance {
    dataplane::TunnelId of{};
    std::string peer;  ///< by which it is known there
    Pool::Place place{};
    std::vector<IpAddress> addresses;  ///< the peer's
};

struct Tunnel {
    TunnelOptions options;
    /// By command: SAs of it are neither made nor accepted until Up.
    bool down = false;
    /// Negotiate again whenever it is lost or fails: `start: auto`.
    bool keep_up = false;
    std::uint32_t failures = 0;           ///< attempts in a row that did not come to an IKE SA with a CHILD_SA
    std::optional<TimePoint> not_before;  ///< no new IKE SA by itself until then
    std::optional<LastError> last_error;  ///< of the tunnel as a whole
    std::vector<PolicyState> policies;    ///< one for each of `options.children`, in their order
    /// Groups that the peer asked for by INVALID_KE_PAYLOAD: what later attempts start with.
    std::optional<crypto::DhId> ike_group;
    std::optional<crypto::DhId> esp_group;
    /// Local SPIs of the IKE SAs that serve it: connecting or established, oldest first. Replaced and deleted ones have
    /// left.
    std::vector<IkeSpi> ike_sas;
    std::vector<Waiter> waiters;
    Redirections redirections;
    std::optional<Pool> pool;                                    ///< of a configured tunnel that has one
    std::unordered_map<std::string, dataplane::TunnelId> peers;  ///< its instances, by peer
    std::optional<Instance> instance;                            ///< it is one
    Assignment assigned;                                         ///< by the peer, where we ask for addresses

    dataplane::TunnelId id() const { return options.id; }
    const std::string& name() const { return options.name; }
    /// Where it connects to; only where a peer's address is known.
    const IpAddress& gateway() const { return redirections.to ? *redirections.to : *options.remote_address; }
    const ChildPolicy& child(std::uint32_t policy) const { return options.children[policy]; }
    /// What a policy may carry now: of a side that is given by the peer, what it has given.
    dataplane::SelectorPair selectors(std::uint32_t policy) const;
};

class TunnelTable {
  public:
    /// Null when the name or the ID is taken.
    Tunnel* add(TunnelOptions options);
    /// The same for one that no stranger is meant to find: candidates() leaves it out.
    Tunnel* add_instance(TunnelOptions options, Instance instance);
    void remove(dataplane::TunnelId id);
    Tunnel* find(dataplane::TunnelId id);
    const Tunnel* find(dataplane::TunnelId id) const;
    Tunnel* find(const std::string& name);
    /// Tunnels whose addresses allow this path and that are not down by command; those that name the peer's address
    /// before those that take any.
    std::vector<Tunnel*> candidates(const Path& path);
    /// The first of these for which `is_wanted(tunnel)` holds; null when there is none. Thousands of tunnels may lead
    /// to one address: whoever needs one of them does not look at all.
    template <typename IsWanted>
    Tunnel* find_candidate(const Path& path, const IsWanted& is_wanted) {
        for (const auto& address : {std::optional<IpAddress>(path.remote.address), std::optional<IpAddress>()}) {
            for (auto at = by_remote_.lower_bound({address, {}}); at != by_remote_.end(); ++at) {
                if (at->first.first != address) break;
                Tunnel& tunnel = *at->second;
                const auto& local = tunnel.options.local_address;
                const bool fits = !tunnel.down && (!local || *local == path.local.address);
                if (fits && is_wanted(tunnel)) return &tunnel;
            }
        }
        return nullptr;
    }
    /// In order of their IDs.
    std::map<dataplane::TunnelId, Tunnel>& all() { return tunnels_; }
    const std::map<dataplane::TunnelId, Tunnel>& all() const { return tunnels_; }

  private:
    Tunnel* insert(TunnelOptions options);

    std::map<dataplane::TunnelId, Tunnel> tunnels_;
    std::unordered_map<std::string, dataplane::TunnelId> by_name_;
    /// By the peer's address, which is empty for tunnels that take any peer.
    std::map<std::pair<std::optional<IpAddress>, dataplane::TunnelId>, Tunnel*> by_remote_;
};

}  // namespace esplane::ike
