// INFORMATIONAL exchanges: Deletes and liveness checks (RFC 7296 1.4, 2.4, 2.25), and NAT keepalives (RFC 3948 2.3).

#include <algorithm>
#include <set>

#include "ike/core/crash_token.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/core/notify_names.h"

namespace esplane::ike {

namespace {

void send_informational(Core& core, IkeSa& sa, const wire::Payloads& payloads, Exchange exchange) {
    send_request(core, sa, wire::ExchangeType::kInformational, payloads, std::move(exchange));
}

wire::Delete delete_esp(dataplane::Spi spi_in) {
    return {wire::ProtocolId::kEsp, {dataplane::to_number(spi_in)}};
}

ChildSa* find_by_peer_spi(Core& core, const IkeSa& sa, std::uint32_t spi) {
    for (const dataplane::ChildId id : sa.children) {
        ChildSa* child = core.child(id);
        if (dataplane::to_number(child->spi_out) == spi) return child;
    }
    return nullptr;
}

/// Without a successor the policy has lost its CHILD_SA; the IKE SA and the other policies go on.
void lost_child(Core& core, IkeSa& sa, Tunnel& tunnel, std::uint32_t policy) {
    const auto serves = [&](dataplane::ChildId id) {
        return core.child(id)->current() && core.child(id)->policy == policy;
    };
    if (std::any_of(sa.children.begin(), sa.children.end(), serves)) return;
    const auto* under_way = sa.out.in_flight_as<ChildExchange>();
    if (under_way != nullptr && under_way->offer.policy == policy) return;
    policy_lost(core, tunnel, policy,
                diagnosis::child_deleted_by_peer(tunnel.options, tunnel.child(policy), sa.path.remote.address),
                Next::kByStart);
}

void on_child_deletes(Core& core, IkeSa& sa, const wire::Delete& deletion, Reply& reply) {
    std::set<std::uint32_t> lost;
    for (const std::uint32_t spi : deletion.spis) {
        ChildSa* child = find_by_peer_spi(core, sa, spi);
        if (child == nullptr) continue;
        // RFC 7296 2.25.1: a Delete that crosses ours is answered without one.
        if (child->phase != ChildPhase::kDeleting) reply.payloads.deletes.push_back(delete_esp(child->spi_in.spi()));
        if (child->current()) lost.insert(child->policy);
        const bool rekeying = child->phase == ChildPhase::kRekeying || child->replaced_by;
        retire_child(core, *child, rekeying ? Farewell::kLinger : Farewell::kAtOnce);
    }
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>()) return;
    for (const std::uint32_t policy : lost)
        lost_child(core, sa, *tunnel, policy);
}

/// RFC 7296 1.5: what we send on this CHILD_SA is lost on the peer.
void on_invalid_spi(Core& core, IkeSa& sa, const wire::Notify& notify) {
    if (notify.data.size() != 4) return;
    ChildSa* child = find_by_peer_spi(core, sa, load_be<std::uint32_t>(notify.data.data()));
    if (child != nullptr) on_child_lost_by_peer(core, *child);
}

void on_ike_delete(Core& core, IkeSa& sa) {
    // RFC 7296 2.25.2: our own rekey is forgotten; what the peer's made meanwhile goes on.
    auto* rekey = sa.out.in_flight_as<IkeRekeyExchange>();
    if (rekey != nullptr && sa.is<Established>()) {
        const IkeRekeyExchange ours = std::move(*rekey);
        inherit_rival(core, sa, ours);
    }
    Tunnel* tunnel = core.tunnel_of(sa);
    // Without a CHILD_SA it served nobody, and why is noted already.
    const bool served = sa.is<Established>() && !sa.children.empty();
    end_ike(core, sa);
    if (!served || tunnel == nullptr) return;
    // One of two that crossed: the other goes on, and lacks perhaps what was made on this one.
    if (const IkeSa* other = double_of(core, *tunnel, sa)) {
        answer_rekeys_of_replaced(core, *tunnel, sa, *other);
        return fill_up(core, *tunnel, *other);
    }
    connection_lost(core, *tunnel, diagnosis::deleted_by_peer(tunnel->options, sa.path.remote.address), Next::kByStart);
}

/// The peer could not accept our IKE_AUTH response, or finds our messages broken: for it the SA is over (2.21).
bool on_fatal_notify(Core& core, IkeSa& sa, const wire::Notify* error) {
    if (error == nullptr) return false;
    const bool refused = error->is(wire::NotifyType::kAuthenticationFailed);
    if (!refused && !error->is(wire::NotifyType::kInvalidSyntax)) return false;
    Tunnel* tunnel = core.tunnel_of(sa);
    const bool served = sa.is<Established>();
    end_ike(core, sa);
    if (!served || tunnel == nullptr) return true;
    const IpAddress& peer = sa.path.remote.address;
    connection_lost(core, *tunnel,
                    refused ? diagnosis::authentication_refused(tunnel->options, peer)
                            : diagnosis::error_answered(tunnel->options, peer, "us", *error),
                    Next::kByStart);
    return true;
}

std::uint64_t packets(const Core& core, const IkeSa& sa,
                      std::uint64_t (TrafficView::*count)(dataplane::ChildId) const) {
    std::uint64_t sum = 0;
    for (const dataplane::ChildId id : sa.children)
        sum += (core.traffic.*count)(id);
    return sum;
}

}  // namespace

void start_child_deletion(Core& core, IkeSa& sa, const DeleteChild& task) {
    ChildSa* child = task.child ? core.child(*task.child) : nullptr;
    if (task.child) {
        if (child == nullptr || !child->in_use()) return;
        child->phase = ChildPhase::kDeleting;
    }
    wire::Payloads payloads;
    payloads.deletes.push_back(delete_esp(task.spi_in));
    send_informational(core, sa, payloads, ChildDeletion{task.child});
}

void on_child_deletion_response(Core& core, const ChildDeletion& exchange) {
    ChildSa* child = exchange.child ? core.child(*exchange.child) : nullptr;
    if (child != nullptr) retire_child(core, *child, Farewell::kLinger);
}

void start_ike_deletion(Core& core, IkeSa& sa, const DeleteIke& task) {
    core.become(sa, Deleting{});
    core.cancel(Timer::kDiscard, sa);
    wire::Payloads payloads;
    if (task.reason) payloads.notifies.push_back(make_notify(*task.reason));
    payloads.deletes.push_back({wire::ProtocolId::kIke, {}});
    send_informational(core, sa, payloads, IkeDeletion{});
}

void start_liveness_check(Core& core, IkeSa& sa) {
    wire::Payloads payloads;
    put_nat_check(core, sa, payloads);
    send_informational(core, sa, payloads, LivenessExchange{sa.path});
}

void on_liveness_response(Core& core, IkeSa& sa, const LivenessExchange& exchange, const wire::Payloads& payloads) {
    if (exchange.path == sa.path) take_nat_check(core, sa, payloads);
}

void tell_invalid_spi(Core& core, IkeSa& sa, const TellInvalidSpi& task) {
    wire::Payloads payloads;
    payloads.notifies.push_back(make_notify(wire::NotifyType::kInvalidSpi, spi_octets(task.spi)));
    send_informational(core, sa, payloads, NoticeExchange{});
}

void tell_crash_token(Core& core, IkeSa& sa) {
    wire::Payloads payloads;
    put_crash_token(core.options, sa, payloads);
    send_informational(core, sa, payloads, NoticeExchange{});
}

Reply on_informational_request(Core& core, IkeSa& sa, const Path& path, const wire::Payloads& payloads) {
    Reply reply;
    take_crash_token(sa, payloads);
    take_authentication_lifetime(core, sa, payloads);
    on_redirect_request(core, sa, payloads);
    if (on_fatal_notify(core, sa, payloads.first_error())) return reply;
    for (const wire::Delete& deletion : payloads.deletes) {
        if (deletion.protocol == wire::ProtocolId::kIke) {
            on_ike_delete(core, sa);
            return {};
        }
        if (deletion.protocol == wire::ProtocolId::kEsp) on_child_deletes(core, sa, deletion, reply);
    }
    if (const wire::Notify* notify = payloads.find(wire::NotifyType::kInvalidSpi)) on_invalid_spi(core, sa, *notify);
    on_mobike_request(core, sa, path, payloads, reply.payloads);
    return reply;
}

void on_liveness_timer(Core& core, IkeSa& sa) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>()) return;
    const auto delay = tunnel->options.dpd.delay;
    const std::uint64_t seen = packets(core, sa, &TrafficView::packets_in);
    if (seen != sa.packets_in_seen) {
        sa.packets_in_seen = seen;
        sa.last_inbound = core.now;
    }
    // Twice in a delay, since traffic is only looked at here: a peer is missed after one and a half at most.
    core.arm(Timer::kLiveness, sa, std::max(delay / 2, std::chrono::milliseconds(1)));
    // Any request in flight is a liveness check already, and the window is full.
    if (core.now - sa.last_inbound >= delay && sa.out.in_flight() == nullptr) enqueue(core, sa, CheckLiveness{});
}

void on_keepalive_timer(Core& core, IkeSa& sa) {
    if (!sa.is<Established>()) return;
    const std::uint64_t sent = packets(core, sa, &TrafficView::packets_out);
    // RFC 3948 4: only when nothing else was sent to keep the mapping alive.
    if (sent == sa.packets_out_seen) core.emit(SendKeepalive{sa.path});
    sa.packets_out_seen = sent;
    core.arm(Timer::kKeepalive, sa, core.options.keepalive_interval);
}

}  // namespace esplane::ike
