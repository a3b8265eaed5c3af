// CREATE_CHILD_SA for a new CHILD_SA or the rekey of one, as initiator (RFC 7296 1.3.1, 1.3.3, 2.8, 2.25).

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/notify_names.h"
#include "ike/core/proposals.h"

namespace esplane::ike {

namespace {

constexpr std::size_t kNonceLength = 32;

std::optional<crypto::DhId> pfs_group(const Tunnel& tunnel) {
    if (tunnel.esp_group) return tunnel.esp_group;
    for (const EspProposal& proposal : tunnel.options.esp_proposals) {
        if (!proposal.dh.empty()) return proposal.dh.front();
    }
    return std::nullopt;
}

wire::Notify rekey_notify(const ChildSa& old) {
    wire::Notify notify = make_notify(wire::NotifyType::kRekeySa);
    notify.protocol = wire::ProtocolId::kEsp;
    notify.spi = spi_octets(old.spi_in.spi());
    return notify;
}

ChildSa* still_in_use(Core& core, std::optional<dataplane::ChildId> id) {
    ChildSa* child = id ? core.child(*id) : nullptr;
    return child != nullptr && child->in_use() ? child : nullptr;
}

/// The old CHILD_SA after a rekey of ours that failed: the peer's rekey may have replaced it meanwhile.
void leave_rekeying(Core& core, ChildSa& old, const ChildExchange& exchange, Again again) {
    if (old.phase != ChildPhase::kRekeying) return;
    const bool replaced = exchange.rival && still_in_use(core, exchange.rival->successor) != nullptr;
    old.phase = replaced ? ChildPhase::kReplaced : ChildPhase::kInstalled;
    if (!replaced) core.arm(Timer::kChildRekey, old, rekey_back_off(core, again));
}

LastError explain_refusal(const IkeSa& sa, const Tunnel& tunnel, const wire::Notify& error) {
    const IpAddress& peer = sa.path.remote.address;
    if (error.is(wire::NotifyType::kNoProposalChosen)) return diagnosis::esp_proposals_refused(tunnel.options, peer);
    if (error.is(wire::NotifyType::kTsUnacceptable)) return diagnosis::selectors_refused(tunnel.options, peer);
    return diagnosis::error_answered(tunnel.options, peer, "CREATE_CHILD_SA", error);
}

/// An error that trying again soon does not mend; a rekey is tried again all the same, until the lifetime ends.
void refused(Core& core, Tunnel& tunnel, const ChildExchange& exchange, LastError error) {
    ChildSa* old = still_in_use(core, exchange.replaces);
    if (old != nullptr) leave_rekeying(core, *old, exchange, Again::kLater);
    answer_waiters(core, tunnel, Waiter::For::kRekeyChild, false, error.code, error.message);
    if (old != nullptr) return note_error(core, tunnel, std::move(error), Severity::kWarning);
    attempt_failed(core, tunnel, std::move(error));
}

/// RFC 7296 1.3: another group, if it is one that we offered.
void on_invalid_ke(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange, const wire::Notify& error) {
    const auto group =
        error.data.size() == 2 ? crypto::known_dh(load_be<std::uint16_t>(error.data.data())) : std::nullopt;
    const bool offered = group && exchange.ke != nullptr && *group != exchange.ke->group() &&
                         offers_group(exchange.offer.proposals, *group);
    if (!offered || tunnel.esp_group == group)
        return refused(core, tunnel, exchange, explain_refusal(sa, tunnel, error));
    tunnel.esp_group = *group;
    if (ChildSa* old = still_in_use(core, exchange.replaces)) old->phase = ChildPhase::kInstalled;
    sa.out.enqueue_first(exchange.replaces ? Task{RekeyChild{*exchange.replaces}} : Task{CreateChild{}});
}

/// RFC 7296 2.25: the peer is busy with something that crosses this; try again after a while.
void on_temporary_failure(Core& core, Tunnel& tunnel, const ChildExchange& exchange) {
    ChildSa* old = still_in_use(core, exchange.replaces);
    if (old != nullptr) return leave_rekeying(core, *old, exchange, Again::kSoon);
    if (exchange.replaces) return;
    core.timers.set({Timer::kTunnelRetry, dataplane::to_number(tunnel.id())},
                    core.now + rekey_back_off(core, Again::kSoon));
}

/// RFC 7296 2.25.1: the peer does not have the one that we want to rekey, so neither do we.
void on_not_found(Core& core, const IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange) {
    if (ChildSa* old = still_in_use(core, exchange.replaces)) retire_child(core, *old, Farewell::kLinger);
    if (core.has_current_child(tunnel.id())) return;
    connection_lost(core, tunnel, diagnosis::deleted_by_peer(tunnel.options, sa.path.remote.address, "CHILD_SA"),
                    Next::kAtOnce);
}

void on_error(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange, const wire::Notify& error) {
    if (error.is(wire::NotifyType::kTemporaryFailure)) return on_temporary_failure(core, tunnel, exchange);
    if (error.is(wire::NotifyType::kChildSaNotFound)) return on_not_found(core, sa, tunnel, exchange);
    if (error.is(wire::NotifyType::kInvalidKePayload)) return on_invalid_ke(core, sa, tunnel, exchange, error);
    refused(core, tunnel, exchange, explain_refusal(sa, tunnel, error));
}

/// g^ir, null without PFS; the error says what does not fit.
Result<std::optional<crypto::Secret>, std::string> shared_secret(const ChildExchange& exchange, const EspSuite& suite,
                                                                 const wire::Payloads& payloads) {
    if (suite.dh == crypto::DhId::kNone) return std::optional<crypto::Secret>();
    const bool fits = exchange.ke != nullptr && payloads.ke && suite.dh == exchange.ke->group() &&
                      payloads.ke->group == static_cast<std::uint16_t>(suite.dh);
    if (!fits) return Failure{std::string("its key exchange is not of the group that it chose")};
    auto shared = exchange.ke->derive(payloads.ke->value);
    if (!shared) return Failure{std::string("its public key exchange value is illegal")};
    return std::optional<crypto::Secret>(std::move(*shared));
}

/// RFC 7296 2.8.1: of two rekeys that crossed, the one with the lowest of the four nonces goes, by who started it.
/// Whether the peer's is still there does not matter: it may have been rekeyed again by now.
bool lost_collision(const ChildExchange& exchange, const Bytes& nonce_r) {
    return exchange.rival && lower_nonce(exchange.nonce, nonce_r) < exchange.rival->lowest_nonce;
}

/// Ours is not even installed: the peer sends nothing on it before it has seen our packets or the Delete of the old one
/// from us, and it will see neither.
void give_way(Core& core, IkeSa& sa, const ChildExchange& exchange) {
    if (ChildSa* old = still_in_use(core, exchange.replaces)) {
        if (old->phase == ChildPhase::kRekeying) old->phase = ChildPhase::kReplaced;
    }
    sa.out.enqueue_first(DeleteChild{exchange.offer.spi_in.spi(), std::nullopt});
}

void install(Core& core, IkeSa& sa, ChildExchange exchange, ChildChoice choice,
             const std::optional<crypto::Secret>& shared, const Bytes& nonce_r) {
    NewChild made;
    made.keys = derive_child_keys(sa.suite.prf, sa.protection->sk_d, choice.suite, shared ? &*shared : nullptr,
                                  {exchange.nonce, nonce_r});
    made.spi_in = std::move(exchange.offer.spi_in);
    made.choice = std::move(choice);
    made.we_asked = true;
    made.replaces = exchange.replaces;
    const ChildSa& fresh = install_child(core, sa, std::move(made));
    // From here on the peer's own rekey of the old one comes too late (2.25.1).
    if (ChildSa* old = still_in_use(core, fresh.replaces)) old->phase = ChildPhase::kReplaced;
    ChildSa* rival = exchange.rival ? core.child(exchange.rival->successor) : nullptr;
    if (rival == nullptr || !rival->in_use()) return;
    // Won: the peer deletes its own.
    rival->phase = ChildPhase::kReplaced;
    rival->replaced_by = fresh.id;
    core.cancel(Timer::kChildRekey, *rival);
}

}  // namespace

void start_child(Core& core, IkeSa& sa, std::optional<dataplane::ChildId> replaces) {
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || tunnel->down) return;
    wire::Payloads payloads;
    if (replaces) {
        ChildSa* old = core.child(*replaces);
        if (old == nullptr || old->phase != ChildPhase::kInstalled) return;
        // Made by the peer, whose side of it may not be up yet: it has neither used it nor deleted its predecessor.
        if (old->replaces && !old->we_asked && !old->sending)
            return core.arm(Timer::kChildRekey, *old, rekey_back_off(core, Again::kSoon));
        old->phase = ChildPhase::kRekeying;
        payloads.notifies.push_back(rekey_notify(*old));
    }
    ChildExchange exchange;
    exchange.replaces = replaces;
    exchange.offer = make_child_offer(core, *tunnel, true);
    exchange.nonce = core.random.bytes(kNonceLength);
    put_child_offer(payloads, exchange.offer);
    payloads.nonce = exchange.nonce;
    if (const auto group = pfs_group(*tunnel)) {
        exchange.ke = crypto::KeyExchange::generate(*group, core.random);
        payloads.ke = wire::Ke{static_cast<std::uint16_t>(*group), exchange.ke->public_value()};
    }
    send_request(core, sa, wire::ExchangeType::kCreateChildSa, payloads, std::move(exchange));
}

void on_child_response(Core& core, IkeSa& sa, ChildExchange exchange, const wire::Payloads& payloads) {
    Tunnel* tunnel = core.tunnel_of(sa);
    // Its IKE SA is going, and takes with it what the peer has made.
    if (tunnel == nullptr || !sa.is<Established>()) return;
    if (const wire::Notify* error = payloads.first_error()) return on_error(core, sa, *tunnel, exchange, *error);
    if (!payloads.nonce) return on_fatal_error(core, sa, "its CREATE_CHILD_SA response lacks a nonce");
    auto choice = accept_child(*tunnel, sa.path.remote.address, exchange.offer, payloads);
    if (!choice) {
        // The peer has installed something that we refuse.
        sa.out.enqueue_first(DeleteChild{exchange.offer.spi_in.spi(), std::nullopt});
        return refused(core, *tunnel, exchange, choice.error());
    }
    if (lost_collision(exchange, *payloads.nonce)) return give_way(core, sa, exchange);
    auto shared = shared_secret(exchange, choice->suite, payloads);
    if (!shared) return on_fatal_error(core, sa, shared.error());
    install(core, sa, std::move(exchange), std::move(*choice), *shared, *payloads.nonce);
}

}  // namespace esplane::ike
