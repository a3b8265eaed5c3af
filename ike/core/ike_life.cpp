// From the establishment of an IKE SA to its end, and what holds between several of one peer.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/notify_names.h"

namespace esplane::ike {

namespace {

/// How long an ended IKE SA repeats its last answer.
constexpr std::chrono::milliseconds kClosedLife{15'000};
/// Two IKE SAs established within this time, one started by each side, crossed on their way; otherwise the newer one
/// was made because the older one had been lost.
constexpr std::chrono::milliseconds kCrossing{10'000};

void stop_serving(Core& core, IkeSa& sa) {
    for (const Timer timer : {Timer::kDiscard, Timer::kIkeRekey, Timer::kIkeExpire, Timer::kReauthenticate,
                              Timer::kLiveness, Timer::kKeepalive})
        core.cancel(timer, sa);
    const std::vector<dataplane::ChildId> children = sa.children;
    for (const dataplane::ChildId id : children)
        retire_child(core, *core.child(id), Farewell::kLinger);
    core.leave_tunnel(sa);
    sa.out.take_queue();
    // What the peer's crossing rekey made would live on without the tunnel that it was made for.
    const auto* rekey = sa.out.in_flight_as<IkeRekeyExchange>();
    IkeSa* rival = rekey != nullptr && rekey->rival ? core.ike_sa(rekey->rival->successor) : nullptr;
    if (rival != nullptr && rival->heir_to) close_ike(core, *rival, std::nullopt);
}

bool crossed(const IkeSa& a, const IkeSa& b) {
    const auto* first = std::get_if<Established>(&a.state);
    const auto* second = std::get_if<Established>(&b.state);
    if (first == nullptr || second == nullptr || a.initiator == b.initiator) return false;
    const auto apart = first->since < second->since ? second->since - first->since : first->since - second->since;
    return apart < kCrossing;
}

bool has_working_child(Core& core, const IkeSa& sa) {
    return std::any_of(sa.children.begin(), sa.children.end(),
                       [&](dataplane::ChildId id) { return core.child(id)->installed && core.child(id)->current(); });
}

/// An attempt of ours that has not come to IKE_AUTH: the peer has no state worth a Delete.
void drop_early_attempts(Core& core, Tunnel& tunnel, const IkeSa& established) {
    const std::vector<IkeSpi> spis = tunnel.ike_sas;
    for (const IkeSpi spi : spis) {
        IkeSa* other = core.ike_sa(spi);
        if (other == nullptr || other == &established) continue;
        if (other->out.in_flight_as<InitExchange>() != nullptr ||
            other->out.in_flight_as<IntermediateExchange>() != nullptr)
            core.discard(*other);
    }
}

/// The first policy that `older` serves and `newer` does not, though the peer has not refused it; empty: there is none.
std::optional<std::uint32_t> next_to_take_over(Core& core, const Tunnel& tunnel, const IkeSa& older,
                                               const IkeSa& newer) {
    for (const dataplane::ChildId id : older.children) {
        const ChildSa& child = *core.child(id);
        const bool refused = tunnel.policies[child.policy].failures > 0;
        if (child.current() && !refused && !serves(core, newer, child.policy)) return child.policy;
    }
    return std::nullopt;
}

/// Make before break: the older one goes when nothing depends on it any more. Who made the newer one sees to that.
bool take_over(Core& core, const Tunnel& tunnel, const IkeSa& older, IkeSa& newer) {
    if (!has_working_child(core, newer)) return false;
    // One of ours that was made because the older one was lost finds it dead.
    if (newer.initiator && newer.reauthenticates != older.local_spi()) return true;
    const auto next = next_to_take_over(core, tunnel, older, newer);
    if (next && newer.initiator) enqueue(core, newer, CreateChild{*next});
    return !next;
}

void settle_pair(Core& core, Tunnel& tunnel, IkeSa& older, IkeSa& newer) {
    // The other side, which does not know what it was made for, lets the same one go, or waits for our Delete.
    const bool made_for_it = newer.reauthenticates == older.local_spi();
    if (made_for_it || !crossed(older, newer)) {
        if (!take_over(core, tunnel, older, newer)) return;
        close_ike(core, older, std::nullopt);
        answer_rekeys_of_replaced(core, tunnel, older, newer);
        return fill_up(core, tunnel, newer);
    }
    // As RFC 7296 2.8.1 does it for rekeys that cross: the lowest nonce goes, and who started it says so. The other
    // side sees the same two IKE SAs and waits for the Delete.
    const bool older_loses =
        std::get<Established>(older.state).lowest_nonce < std::get<Established>(newer.state).lowest_nonce;
    IkeSa& loser = older_loses ? older : newer;
    IkeSa& winner = older_loses ? newer : older;
    if (!loser.initiator || !has_working_child(core, winner)) return;
    close_ike(core, loser, std::nullopt);
    answer_rekeys_of_replaced(core, tunnel, loser, winner);
    fill_up(core, tunnel, winner);
}

/// An instance is one peer's, however that spells its name. Gateways that send us from one to the other count as one.
bool of_one_peer(const Tunnel& tunnel, const IkeSa& a, const IkeSa& b) {
    const bool follows = b.reauthenticates == a.local_spi() || a.reauthenticates == b.local_spi();
    return tunnel.instance || follows || a.has_peer_of(b);
}

/// Those that may have other IKE SAs with the peer of `sa`: its instances in the place of configured tunnels that have
/// a pool.
std::vector<Tunnel*> tunnels_with(Core& core, const IkeSa& sa) {
    std::vector<Tunnel*> tunnels = core.tunnels.candidates(sa.path);
    const std::size_t configured = tunnels.size();
    for (std::size_t i = 0; i < configured; ++i) {
        Tunnel* instance = tunnels[i]->pool && sa.peer_id ? find_instance(core, *tunnels[i], sa.peer_name()) : nullptr;
        if (instance != nullptr) tunnels.push_back(instance);
    }
    return tunnels;
}

struct SilenceMeans {
    Core& core;
    IkeSa& sa;
    Tunnel& tunnel;
    const InFlight& flight;

    void operator()(const InitExchange& exchange) const {
        auto error =
            exchange.hint.value_or(diagnosis::init_unanswered(tunnel.options, sa.path.remote, flight.transmissions));
        core.discard(sa);
        attempt_failed(core, tunnel, std::move(error));
    }
    void operator()(const IntermediateExchange& exchange) const {
        auto error = exchange.hint.value_or(
            diagnosis::request_unanswered(tunnel.options, sa.path.remote, "IKE_INTERMEDIATE", flight.transmissions));
        core.discard(sa);
        attempt_failed(core, tunnel, std::move(error));
    }
    void operator()(const AuthExchange& exchange) const {
        auto error =
            exchange.hint.value_or(diagnosis::auth_unanswered(tunnel.options, sa.path.remote, flight.transmissions));
        core.discard(sa);
        attempt_failed(core, tunnel, std::move(error));
    }
    void operator()(const LivenessExchange&) const { lose(diagnosis::liveness_failed(tunnel.options, sa.path.remote)); }
    void operator()(const IkeRekeyExchange& exchange) const {
        if (!inherit_rival(core, sa, exchange)) unanswered("the rekey of the IKE SA");
    }
    void operator()(const ChildExchange&) const { unanswered("CREATE_CHILD_SA"); }
    void operator()(const ChildDeletion&) const { unanswered("the Delete of a CHILD_SA"); }
    void operator()(const IkeDeletion&) const { finish_deletion(core, sa); }
    void operator()(const NoticeExchange&) const { unanswered("an INFORMATIONAL request"); }
    void operator()(const AddressUpdate&) const { unanswered("a change of addresses"); }
    void operator()(const RouteCheck&) const { unanswered("a return routability check"); }

  private:
    void unanswered(std::string_view what) const {
        lose(diagnosis::request_unanswered(tunnel.options, sa.path.remote, what, flight.transmissions));
    }
    void lose(LastError error) const {
        end_ike(core, sa);
        connection_lost(core, tunnel, std::move(error), Next::kByDpdAction);
    }
};

}  // namespace

void establish(Core& core, IkeSa& sa, Bytes lowest_nonce) {
    const TunnelOptions& options = core.tunnel_of(sa)->options;
    const auto soft = soft_lifetime(core, options.ike_lifetime, options.ike_rekey_margin);
    core.become(sa, Established{core.now, core.now + soft, std::move(lowest_nonce)});
    core.cancel(Timer::kDiscard, sa);
    core.arm(Timer::kIkeRekey, sa, soft);
    core.arm(Timer::kIkeExpire, sa, options.ike_lifetime);
    sa.last_inbound = core.now;
    if (options.dpd.delay.count() > 0) core.arm(Timer::kLiveness, sa, options.dpd.delay / 2);
    if (sa.nat.local_nat) core.arm(Timer::kKeepalive, sa, core.options.keepalive_interval);
    watch_authentication(core, sa);
    if (!sa.initiator) drop_early_attempts(core, *core.tunnel_of(sa), sa);
}

void close_ike(Core& core, IkeSa& sa, std::optional<wire::NotifyType> reason) {
    // Without keys, or without the peer knowing us, there is nothing to delete at the peer.
    if (!sa.is<Established>() && !sa.is<Connecting>() && !sa.is<Replaced>()) return;
    const bool knows_us = !sa.is<Connecting>() || reason.has_value();
    stop_serving(core, sa);
    if (!knows_us) return core.discard(sa);
    core.become(sa, Deleting{});
    enqueue(core, sa, DeleteIke{reason});
}

void end_ike(Core& core, IkeSa& sa) {
    stop_serving(core, sa);
    core.cancel(Timer::kRetransmit, sa);
    sa.out.land();
    core.become(sa, Closed{});
    core.arm(Timer::kDiscard, sa, kClosedLife);
}

void on_silence(Core& core, IkeSa& sa, InFlight flight) {
    Tunnel* tunnel = core.tunnel_of(sa);
    const bool serves = sa.is<Established>() || sa.is<Connecting>();
    if (tunnel == nullptr || !serves) return finish_deletion(core, sa);
    std::visit(SilenceMeans{core, sa, *tunnel, flight}, flight.exchange);
}

void finish_deletion(Core& core, IkeSa& sa) {
    core.discard(sa);
    if (Tunnel* tunnel = core.tunnel_of(sa)) answer_down_waiters(core, *tunnel);
}

void on_fatal_error(Core& core, IkeSa& sa, std::string_view what) {
    Tunnel* tunnel = core.tunnel_of(sa);
    const bool served = sa.is<Established>();
    LastError error;
    if (tunnel != nullptr) error = diagnosis::protocol_error(tunnel->options, sa.path.remote.address, what);
    if (served)
        close_ike(core, sa, std::nullopt);
    else
        core.discard(sa);
    if (tunnel == nullptr) return;
    if (served) return connection_lost(core, *tunnel, std::move(error), Next::kByStart);
    attempt_failed(core, *tunnel, std::move(error));
}

void on_initial_contact(Core& core, IkeSa& sa) {
    const Tunnel* own = core.tunnel_of(sa);
    for (Tunnel* tunnel : tunnels_with(core, sa)) {
        if (!(tunnel->options.local_id == own->options.local_id)) continue;
        const std::vector<IkeSpi> spis = tunnel->ike_sas;
        for (const IkeSpi spi : spis) {
            IkeSa* other = core.ike_sa(spi);
            if (other == nullptr || other == &sa || !other->is<Established>()) continue;
            if (!of_one_peer(*tunnel, *other, sa)) continue;
            // Both started at once: the peer said so before it knew of the other one. The nonces decide.
            const auto& since = std::get<Established>(other->state).since;
            if (other->initiator && core.now - since < kCrossing) continue;
            end_ike(core, *other);
            answer_rekeys_of_replaced(core, *tunnel, *other, sa);
        }
    }
}

void settle_doubles(Core& core, Tunnel& tunnel) {
    const std::vector<IkeSpi> spis = tunnel.ike_sas;
    for (std::size_t newer = 1; newer < spis.size(); ++newer) {
        for (std::size_t older = 0; older < newer; ++older) {
            IkeSa* a = core.ike_sa(spis[older]);
            IkeSa* b = core.ike_sa(spis[newer]);
            const bool both = a != nullptr && b != nullptr && a->is<Established>() && b->is<Established>();
            if (both && of_one_peer(tunnel, *a, *b)) settle_pair(core, tunnel, *a, *b);
        }
    }
}

bool serves(Core& core, const IkeSa& sa, std::uint32_t policy) {
    return std::any_of(sa.children.begin(), sa.children.end(), [&](dataplane::ChildId id) {
        const ChildSa& child = *core.child(id);
        return child.policy == policy && child.installed && child.current();
    });
}

const IkeSa* double_of(Core& core, const Tunnel& tunnel, const IkeSa& sa) {
    for (const IkeSpi spi : tunnel.ike_sas) {
        const IkeSa* other = core.ike_sa(spi);
        if (other != &sa && other->is<Established>() && of_one_peer(tunnel, *other, sa)) return other;
    }
    return nullptr;
}

}  // namespace esplane::ike
