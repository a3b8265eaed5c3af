// CREATE_CHILD_SA for a new CHILD_SA or the rekey of one, as initiator (RFC 7296 1.3.1, 1.3.3, 2.8, 2.25).

#include <algorithm>

#include "ike/core/exchanges.h"

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

/// While we asked for a first CHILD_SA of this policy, the peer asked for it as well, and got it.
bool is_doubled(Core& core, const IkeSa& sa, const ChildExchange& exchange) {
    return !exchange.replaces && std::any_of(sa.children.begin(), sa.children.end(), [&](dataplane::ChildId id) {
        const ChildSa& other = *core.child(id);
        return other.current() && other.policy == exchange.offer.policy;
    });
}

/// One is enough, and ours is not even installed.
void withdraw(Core& core, IkeSa& sa, Tunnel& tunnel, const ChildExchange& exchange) {
    sa.out.enqueue_first(DeleteChild{exchange.offer.spi_in.spi(), std::nullopt});
    bring_up(core, tunnel);
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

/// `old` is null for a new one.
void ask(Core& core, IkeSa& sa, const Tunnel& tunnel, std::uint32_t policy, const ChildSa* old) {
    wire::Payloads payloads;
    ChildExchange exchange;
    if (old != nullptr) {
        exchange.replaces = old->id;
        payloads.notifies.push_back(rekey_notify(*old));
    }
    exchange.offer = make_child_offer(core, sa, tunnel, policy, true);
    exchange.nonce = core.random.bytes(kNonceLength);
    put_child_offer(payloads, exchange.offer);
    payloads.nonce = exchange.nonce;
    if (const auto group = pfs_group(tunnel)) {
        exchange.ke = crypto::KeyExchange::generate(*group, core.random);
        payloads.ke = wire::Ke{static_cast<std::uint16_t>(*group), exchange.ke->public_value()};
    }
    send_request(core, sa, wire::ExchangeType::kCreateChildSa, payloads, std::move(exchange));
}

}  // namespace

void start_new_child(Core& core, IkeSa& sa, std::uint32_t policy) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || tunnel->down) return;
    // What the IKE SA serves whose place this one takes, this one must serve, too.
    if (sa.reauthenticates ? serves(core, sa, policy) : core.has_current_child(tunnel->id(), policy)) return;
    ask(core, sa, *tunnel, policy, nullptr);
}

void start_child_rekey(Core& core, IkeSa& sa, dataplane::ChildId replaces) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    ChildSa* old = core.child(replaces);
    if (tunnel == nullptr || tunnel->down || old == nullptr || old->phase != ChildPhase::kInstalled) return;
    // Made by the peer, whose side of it may not be up yet: it has neither used it nor deleted its predecessor.
    if (old->replaces && !old->we_asked && !old->sending)
        return core.arm(Timer::kChildRekey, *old, rekey_back_off(core, Again::kSoon));
    old->phase = ChildPhase::kRekeying;
    ask(core, sa, *tunnel, old->policy, old);
}

void on_child_response(Core& core, IkeSa& sa, ChildExchange exchange, const wire::Payloads& payloads) {
    Tunnel* tunnel = core.tunnel_of(sa);
    // Its IKE SA is going, and takes with it what the peer has made.
    if (tunnel == nullptr || !sa.is<Established>()) return;
    if (const wire::Notify* error = payloads.first_error()) return on_child_error(core, sa, *tunnel, exchange, *error);
    if (!payloads.nonce) return on_fatal_error(core, sa, "its CREATE_CHILD_SA response lacks a nonce");
    auto choice = accept_child(*tunnel, sa, exchange.offer, payloads);
    if (!choice) {
        // The peer has installed something that we refuse.
        sa.out.enqueue_first(DeleteChild{exchange.offer.spi_in.spi(), std::nullopt});
        return child_refused(core, sa, *tunnel, exchange, choice.error());
    }
    if (lost_collision(exchange, *payloads.nonce)) return give_way(core, sa, exchange);
    if (is_doubled(core, sa, exchange)) return withdraw(core, sa, *tunnel, exchange);
    auto shared = shared_secret(exchange, choice->suite, payloads);
    if (!shared) return on_fatal_error(core, sa, shared.error());
    install(core, sa, std::move(exchange), std::move(*choice), *shared, *payloads.nonce);
}

}  // namespace esplane::ike
