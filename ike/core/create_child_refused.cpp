// What an error in answer to our CREATE_CHILD_SA means (RFC 7296 1.3, 2.25).

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/proposals.h"

namespace esplane::ike {

namespace {

/// The old CHILD_SA after a rekey of ours that failed: the peer's rekey may have replaced it meanwhile.
void leave_rekeying(Core& core, ChildSa& old, const ChildExchange& exchange, Again again) {
    if (old.phase != ChildPhase::kRekeying) return;
    const bool replaced = exchange.rival && still_in_use(core, exchange.rival->successor) != nullptr;
    old.phase = replaced ? ChildPhase::kReplaced : ChildPhase::kInstalled;
    if (replaced) return;
    if (old.used_up) return core.arm(Timer::kChildExpire, old, {});
    core.arm(Timer::kChildRekey, old, rekey_back_off(core, again));
}

LastError explain_refusal(const IkeSa& sa, const Tunnel& tunnel, const ChildExchange& exchange,
                          const wire::Notify& error) {
    const IpAddress& peer = sa.path.remote.address;
    const ChildPolicy& child = tunnel.child(exchange.offer.policy);
    const bool is_about_group =
        error.is(wire::NotifyType::kNoProposalChosen) || error.is(wire::NotifyType::kInvalidKePayload);
    // All else has been agreed on before.
    if (exchange.replaces && is_about_group) return diagnosis::pfs_refused(tunnel.options, child, peer);
    if (error.is(wire::NotifyType::kNoProposalChosen))
        return diagnosis::esp_proposals_refused(tunnel.options, child, peer);
    if (error.is(wire::NotifyType::kTsUnacceptable)) return diagnosis::selectors_refused(tunnel.options, child, peer);
    return diagnosis::child_error_answered(tunnel.options, child, peer, "CREATE_CHILD_SA", error);
}

/// RFC 7296 1.3: another group, if it is one that we offered.
void on_invalid_ke(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange, const wire::Notify& error) {
    const auto group =
        error.data.size() == 2 ? crypto::known_dh(load_be<std::uint16_t>(error.data.data())) : std::nullopt;
    const bool offered = group && exchange.ke != nullptr && *group != exchange.ke->group() &&
                         offers_group(exchange.offer.proposals, *group);
    if (!offered || tunnel.esp_group == group)
        return child_refused(core, sa, tunnel, exchange, explain_refusal(sa, tunnel, exchange, error));
    tunnel.esp_group = *group;
    if (ChildSa* old = still_in_use(core, exchange.replaces)) old->phase = ChildPhase::kInstalled;
    sa.out.enqueue_first(exchange.replaces ? Task{RekeyChild{*exchange.replaces}}
                                           : Task{CreateChild{exchange.offer.policy}});
}

/// RFC 7296 2.25: the peer is busy with something that crosses this; try again after a while.
void on_temporary_failure(Core& core, Tunnel& tunnel, const ChildExchange& exchange) {
    ChildSa* old = still_in_use(core, exchange.replaces);
    if (old != nullptr) return leave_rekeying(core, *old, exchange, Again::kSoon);
    if (!exchange.replaces) policy_busy(core, tunnel, exchange.offer.policy);
}

/// RFC 7296 2.25.1: the peer does not have the one that we want to rekey, so neither do we.
void on_not_found(Core& core, const IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange) {
    if (ChildSa* old = still_in_use(core, exchange.replaces)) retire_child(core, *old, Farewell::kLinger);
    const std::uint32_t policy = exchange.offer.policy;
    if (core.has_current_child(tunnel.id(), policy)) return;
    LastError error = diagnosis::child_deleted_by_peer(tunnel.options, tunnel.child(policy), sa.path.remote.address);
    if (exchange.replaces) child_rekey_failed(core, tunnel, *exchange.replaces, error);
    policy_lost(core, tunnel, policy, std::move(error), Next::kAtOnce);
}

}  // namespace

ChildSa* still_in_use(Core& core, std::optional<dataplane::ChildId> id) {
    ChildSa* child = id ? core.child(*id) : nullptr;
    return child != nullptr && child->in_use() ? child : nullptr;
}

void child_refused(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange, LastError error) {
    const std::uint32_t policy = exchange.offer.policy;
    ChildSa* old = still_in_use(core, exchange.replaces);
    if (old != nullptr) leave_rekeying(core, *old, exchange, Again::kLater);
    if (exchange.replaces) child_rekey_failed(core, tunnel, *exchange.replaces, error);
    if (old != nullptr) return note_policy_error(core, tunnel, policy, std::move(error), Severity::kWarning);
    policy_refused(core, tunnel, policy, std::move(error));
    // Of no use to anybody, and nobody tries again by itself.
    const bool under_way = sa.out.in_flight() != nullptr || next_missing(core, tunnel);
    if (sa.children.empty() && !under_way && !tunnel.keep_up) close_ike(core, sa, std::nullopt);
    // What this one cannot take over holds no older IKE SA back.
    settle_doubles(core, tunnel);
}

void on_child_error(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange, const wire::Notify& error) {
    if (error.is(wire::NotifyType::kTemporaryFailure)) return on_temporary_failure(core, tunnel, exchange);
    if (error.is(wire::NotifyType::kChildSaNotFound)) return on_not_found(core, sa, tunnel, exchange);
    if (error.is(wire::NotifyType::kInvalidKePayload)) return on_invalid_ke(core, sa, tunnel, exchange, error);
    // RFC 7296 1.3: a peer that replaces no CHILD_SA within an IKE SA makes another IKE SA with another CHILD_SA.
    if (error.is(wire::NotifyType::kNoAdditionalSas) && exchange.replaces) start_reauthentication(core, sa);
    child_refused(core, sa, tunnel, exchange, explain_refusal(sa, tunnel, exchange, error));
}

}  // namespace esplane::ike
