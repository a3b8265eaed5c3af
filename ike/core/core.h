// What every exchange of the engine shares: the tables, the deadlines, the actions under way. The exchanges themselves
// are functions over it (ike/core/exchanges.h).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "crypto/random.h"
#include "dataplane/packet/token_bucket.h"
#include "ike/core/child_sa.h"
#include "ike/core/cookie.h"
#include "ike/core/engine.h"
#include "ike/core/half_open.h"
#include "ike/core/ike_sa.h"
#include "ike/core/status_cache.h"
#include "ike/core/timers.h"
#include "ike/core/tunnel.h"

namespace esplane::ike {

struct Core {
    Core(const Options& chosen, crypto::Random& randomness, const TrafficView& view, const WallClock& clock,
         TimePoint start);

    const Options options;
    crypto::Random& random;
    const TrafficView& traffic;
    const WallClock& wall_clock;
    TimePoint now;
    Timers timers;
    TunnelTable tunnels;
    HalfOpenTable half_open;
    std::size_t eap_guests = 0;  ///< those of them that have a conversation
    CookieJar cookies;
    StatusCache statuses;
    FragmentAllowance half_open_fragments;    ///< of all half-open IKE SAs together
    dataplane::TokenBucket stranger_replies;  ///< unprotected errors that we send
    dataplane::TokenBucket crash_tokens;      ///< of those the ones with our token
    dataplane::TokenBucket stranger_reports;  ///< log lines that an unauthenticated peer can cause
    dataplane::TokenBucket stranger_hints;    ///< requests of ours that one can cause
    dataplane::TokenBucket stranger_keys;     ///< key exchanges that one can make us compute
    Counters counters;
    bool shutting_down = false;

    // --- actions ---
    std::deque<Action> actions;
    void emit(Action action) { actions.push_back(std::move(action)); }
    void report(Severity severity, const Tunnel* tunnel, std::string code, std::string message);

    // --- IKE SAs, by local SPI ---
    std::unordered_map<std::uint64_t, std::unique_ptr<IkeSa>> ike_sas;
    IkeSpi fresh_ike_spi();
    IkeSa* ike_sa(IkeSpi local);
    /// Both SPIs and the role must be set in `sa`.
    IkeSa& add_ike_sa(std::unique_ptr<IkeSa> sa);
    /// Takes it out of every table. The object itself lives on until the engine's current call is over, so that callers
    /// may hold on to their reference.
    void discard(IkeSa& sa);
    /// The only way from one state to another: keeps the half-open list exact.
    void become(IkeSa& sa, IkeState next);
    void empty_graveyard() { graveyard.clear(); }

    // --- CHILD_SAs ---
    SpiPool spis;
    std::map<dataplane::ChildId, ChildSa> children;
    ChildSa* child(dataplane::ChildId id);
    /// With an ID of its own, never used before.
    ChildSa& add_child(dataplane::TunnelId tunnel, std::uint32_t policy);
    void erase_child(const ChildSa& child);
    /// Oldest first, those that linger included.
    std::vector<ChildSa*> children_of(dataplane::TunnelId tunnel);
    std::vector<const ChildSa*> children_of(dataplane::TunnelId tunnel) const;
    bool has_current_child(dataplane::TunnelId tunnel, std::uint32_t policy) const;

    // --- instances: tunnels of one peer each ---
    /// Not one that a configured tunnel has: those are counted from 1.
    dataplane::TunnelId fresh_instance_id();
    /// What may have to go at the end of the engine's current call.
    std::vector<dataplane::TunnelId> left_instances;

    /// `sa` does not serve its tunnel any more. Of an instance, only the configured tunnel is left to it.
    void leave_tunnel(IkeSa& sa);

    Tunnel* tunnel_of(const IkeSa& sa) { return sa.tunnel ? tunnels.find(*sa.tunnel) : nullptr; }

    // --- deadlines ---
    void arm(Timer timer, const IkeSa& sa, std::chrono::milliseconds wait) {
        timers.set({timer, sa.timer_owner()}, now + wait);
    }
    void arm(Timer timer, const ChildSa& child, std::chrono::milliseconds wait) {
        timers.set({timer, dataplane::to_number(child.id)}, now + wait);
    }
    void cancel(Timer timer, const IkeSa& sa) { timers.cancel({timer, sa.timer_owner()}); }
    void cancel(Timer timer, const ChildSa& child) { timers.cancel({timer, dataplane::to_number(child.id)}); }
    /// Uniform in [0, most].
    std::chrono::milliseconds jitter(std::chrono::milliseconds most);

    /// `context`: what must be the same besides the datagram.
    Fingerprint fingerprint(ByteView datagram, ByteView context = {}) const;

  private:
    crypto::Secret fingerprint_key;
    std::vector<std::unique_ptr<IkeSa>> graveyard;
    std::map<dataplane::TunnelId, std::vector<dataplane::ChildId>> children_by_tunnel;
    std::uint64_t last_child_id = 0;
    std::uint32_t next_instance_id;
};

}  // namespace esplane::ike
