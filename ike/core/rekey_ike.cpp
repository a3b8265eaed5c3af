// CREATE_CHILD_SA for the rekey of the IKE SA, both roles (RFC 7296 1.3.2, 2.8.2, 2.18, 2.25.2).

#include <algorithm>

#include "ike/core/crash_token.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/core/notify_names.h"
#include "ike/core/proposals.h"

namespace esplane::ike {

namespace {

constexpr std::size_t kNonceLength = 32;
/// How long an IKE SA that the peer replaced waits for the peer's Delete.
constexpr std::chrono::milliseconds kReplacedLife{60'000};

Bytes octets_of(IkeSpi spi) {
    Bytes octets(8);
    store_be(octets.data(), to_number(spi));
    return octets;
}

std::optional<IkeSpi> spi_of(const Bytes& octets) {
    if (octets.size() != 8) return std::nullopt;
    const auto number = load_be<std::uint64_t>(octets.data());
    if (number == 0) return std::nullopt;
    return IkeSpi{number};
}

Bytes group_octets(crypto::DhId group) {
    Bytes octets(2);
    store_be(octets.data(), static_cast<std::uint16_t>(group));
    return octets;
}

struct Successor {
    bool initiator;
    IkeSpi spi_i;
    IkeSpi spi_r;
    IkeSuite suite;
    const crypto::Secret& shared;
    Bytes nonce_i;
    Bytes nonce_r;
};

/// The new IKE SA, established: made inside the old one, it needs no AUTH. Null if its keys do not fit.
IkeSa* make_successor(Core& core, const IkeSa& old, const Successor& made) {
    auto sa = std::make_unique<IkeSa>();
    sa->initiator = made.initiator;
    sa->spi_i = made.spi_i;
    sa->spi_r = made.spi_r;
    sa->path = old.path;
    sa->nat = old.nat;
    sa->udp_encapsulation = old.udp_encapsulation;
    sa->mobility = old.mobility;
    sa->fragmentation = old.fragmentation;
    sa->ppk_mixed_in = old.ppk_mixed_in;
    sa->suite = made.suite;
    sa->tunnel = old.tunnel;
    sa->peer_id = old.peer_id;
    sa->eap_identity = old.eap_identity;
    sa->we_authenticated_first = old.we_authenticated_first;
    sa->authenticated_until = old.authenticated_until;
    sa->reauthenticate_at = old.reauthenticate_at;
    sa->protection = protect(made.suite,
                             derive_rekeyed_ike_keys(old.suite.prf, old.protection->sk_d, made.suite, made.shared,
                                                     {made.nonce_i, made.nonce_r}, made.spi_i, made.spi_r),
                             made.initiator);
    if (!sa->protection) return nullptr;
    IkeSa& added = core.add_ike_sa(std::move(sa));
    establish(core, added, lower_nonce(made.nonce_i, made.nonce_r));
    return &added;
}

void back_off(Core& core, IkeSa& sa, Again again) {
    core.arm(Timer::kIkeRekey, sa, rekey_back_off(core, again));
}

void announce(Core& core, const IkeSa& fresh, std::string_view who) {
    Tunnel* tunnel = core.tunnel_of(fresh);
    if (tunnel == nullptr) return;
    const std::string message = "Tunnel " + tunnel->name() + ": IKE SA rekeyed by " + std::string(who) + ", suite " +
                                to_string(fresh.suite) + ".";
    core.report(Severity::kInfo, tunnel, "rekeyed_ike", message);
    answer_waiters(core, *tunnel, Waiter::For::kRekeyIke, true, "rekeyed_ike", message);
}

/// What the peer's own rekey made while ours was in flight; null when there is none, or it is gone.
IkeSa* rival_of(Core& core, const IkeRekeyExchange& exchange) {
    IkeSa* rival = exchange.rival ? core.ike_sa(exchange.rival->successor) : nullptr;
    return rival != nullptr && rival->is<Established>() ? rival : nullptr;
}

void on_error(Core& core, IkeSa& sa, Tunnel& tunnel, const IkeRekeyExchange& exchange, const wire::Notify& error) {
    if (error.is(wire::NotifyType::kInvalidKePayload) && error.data.size() == 2) {
        const auto group = crypto::known_dh(load_be<std::uint16_t>(error.data.data()));
        // RFC 7296 1.3: only a group that we proposed, and only once.
        if (group && *group != exchange.ke->group() && offers_group(exchange.offered, *group) &&
            tunnel.ike_group != group) {
            tunnel.ike_group = *group;
            return sa.out.enqueue_first(RekeyIke{});
        }
    }
    const bool busy = error.is(wire::NotifyType::kTemporaryFailure);
    // RFC 7296 1.3: a peer that makes nothing within an IKE SA makes another one.
    if (error.is(wire::NotifyType::kNoAdditionalSas)) start_reauthentication(core, sa);
    if (!busy) {
        LastError reason =
            error.is(wire::NotifyType::kNoProposalChosen)
                ? diagnosis::ike_proposals_refused(tunnel.options, sa.path.remote.address)
                : diagnosis::error_answered(tunnel.options, sa.path.remote.address, "the IKE rekey", error);
        answer_waiters(core, tunnel, Waiter::For::kRekeyIke, false, reason.code, reason.message);
        note_error(core, tunnel, std::move(reason), Severity::kWarning);
    }
    if (sa.is<Established>() && !inherit_rival(core, sa, exchange))
        back_off(core, sa, busy ? Again::kSoon : Again::kLater);
}

void replaced(Core& core, IkeSa& sa) {
    core.become(sa, Replaced{});
    for (const Timer timer :
         {Timer::kIkeRekey, Timer::kIkeExpire, Timer::kReauthenticate, Timer::kLiveness, Timer::kKeepalive})
        core.cancel(timer, sa);
    core.arm(Timer::kDiscard, sa, kReplacedLife);
}

/// RFC 7296 2.8.2: the one with the lowest of the four nonces goes, by who started it; the other inherits.
void settle_with_rival(Core& core, IkeSa& sa, IkeSa& ours, IkeSa& rival, const IkeRekeyExchange& exchange) {
    const bool lost = std::get<Established>(ours.state).lowest_nonce < exchange.rival->lowest_nonce;
    adopt(core, sa, lost ? rival : ours);
    announce(core, lost ? rival : ours, lost ? "the peer" : "us");
    if (lost) return close_ike(core, ours, std::nullopt);
    replaced(core, rival);
}

/// What of them makes an IKE SA in one exchange.
std::vector<IkeProposal> in_one_exchange(const std::vector<IkeProposal>& proposals) {
    const auto may_be_none = [](const std::vector<crypto::DhId>& methods) {
        return methods.empty() || std::find(methods.begin(), methods.end(), crypto::DhId::kNone) != methods.end();
    };
    std::vector<IkeProposal> plain;
    for (const IkeProposal& each : proposals) {
        if (!std::all_of(each.additional.begin(), each.additional.end(), may_be_none)) continue;
        plain.push_back(each);
        plain.back().additional = {};
    }
    return plain;
}

/// Keys of additional key exchanges are not to be replaced by keys without: the IKE SA is negotiated from the ground
/// up. If nothing comes of it, once more, until its lifetime ends.
bool needs_ground(const IkeSa& sa) {
    return !in_order(sa.suite.additional).empty();
}

/// Children are being made, replaced or closed by us, or one of the peer's waits for its answer.
bool busy_with_children(IkeSa& sa) {
    return sa.out.in_flight_as<ChildExchange>() != nullptr || sa.out.in_flight_as<ChildDeletion>() != nullptr;
}

}  // namespace

void start_ike_rekey(Core& core, IkeSa& sa) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || tunnel->down) return;
    // The peer is waiting for an answer about a CHILD_SA of this IKE SA (2.25.2).
    if (sa.in.held()) return back_off(core, sa, Again::kSoon);
    if (needs_ground(sa)) {
        start_reauthentication(core, sa);
        return back_off(core, sa, Again::kLater);
    }
    const std::vector<IkeProposal> proposals = in_one_exchange(tunnel->options.ike_proposals);
    IkeRekeyExchange exchange;
    exchange.spi = core.fresh_ike_spi();
    exchange.offered = offer_ike(proposals, octets_of(exchange.spi));
    crypto::DhId group = tunnel->ike_group.value_or(sa.suite.dh);
    if (!offers_group(exchange.offered, group)) group = proposals.front().dh.front();
    exchange.ke = crypto::KeyExchange::generate(group, core.random);
    exchange.nonce = core.random.bytes(kNonceLength);
    wire::Payloads payloads;
    payloads.sa = exchange.offered;
    payloads.nonce = exchange.nonce;
    payloads.ke = wire::Ke{static_cast<std::uint16_t>(group), exchange.ke->public_value()};
    send_request(core, sa, wire::ExchangeType::kCreateChildSa, payloads, std::move(exchange));
}

void on_ike_rekey_response(Core& core, IkeSa& sa, IkeRekeyExchange exchange, const wire::Payloads& payloads) {
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !(sa.is<Established>() || sa.is<Replaced>())) return;
    if (const wire::Notify* error = payloads.first_error()) return on_error(core, sa, *tunnel, exchange, *error);
    if (!payloads.sa || !payloads.ke || !payloads.nonce)
        return on_fatal_error(core, sa, "its answer to an IKE rekey is incomplete");
    const auto chosen = accept_ike(*payloads.sa, exchange.offered);
    const auto spi_r = chosen ? spi_of(chosen->peer_spi) : std::nullopt;
    const auto group = static_cast<std::uint16_t>(exchange.ke->group());
    if (!spi_r || chosen->suite.dh != exchange.ke->group() || payloads.ke->group != group)
        return on_fatal_error(core, sa, "its answer to an IKE rekey does not fit the offer");
    const auto shared = exchange.ke->derive(payloads.ke->value);
    if (!shared) return on_fatal_error(core, sa, "its public key exchange value is illegal");
    IkeSa* ours =
        make_successor(core, sa, {true, exchange.spi, *spi_r, chosen->suite, *shared, exchange.nonce, *payloads.nonce});
    if (ours == nullptr) return on_fatal_error(core, sa, "the suite it chose has no cipher here");
    take_crash_token(*ours, payloads);
    // The peer has decided for its own already; ours is not needed (2.8.2).
    if (sa.is<Replaced>()) return close_ike(core, *ours, std::nullopt);
    IkeSa* rival = rival_of(core, exchange);
    if (rival != nullptr) {
        settle_with_rival(core, sa, *ours, *rival, exchange);
        // RFC 7296 2.8.2: the old one is deleted by who started the exchange that remains.
        if (ours->is<Established>()) enqueue(core, sa, DeleteIke{});
        return;
    }
    adopt(core, sa, *ours);
    announce(core, *ours, "us");
    enqueue(core, sa, DeleteIke{});
    // Only to a peer that does the same.
    if (core.options.crash_secret && !ours->peer_token.empty()) enqueue(core, *ours, TellCrashToken{});
}

Reply on_ike_rekey_request(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr || !sa.is<Established>() || busy_with_children(sa))
        return refuse(wire::NotifyType::kTemporaryFailure);
    if (!payloads.sa || !payloads.ke || !payloads.nonce) return refuse(wire::NotifyType::kInvalidSyntax);
    // RFC 7296 1.3: whoever is told so makes another IKE SA.
    if (needs_ground(sa)) return refuse(wire::NotifyType::kNoAdditionalSas);
    const auto chosen = choose_ike(*payloads.sa, in_one_exchange(tunnel->options.ike_proposals));
    const auto spi_i = chosen ? spi_of(chosen->peer_spi) : std::nullopt;
    if (!spi_i) return refuse(wire::NotifyType::kNoProposalChosen);
    if (payloads.ke->group != static_cast<std::uint16_t>(chosen->suite.dh))
        return refuse(wire::NotifyType::kInvalidKePayload, group_octets(chosen->suite.dh));
    auto* ours = sa.out.in_flight_as<IkeRekeyExchange>();
    if (ours != nullptr && ours->rival) return refuse(wire::NotifyType::kTemporaryFailure);
    const auto ke = crypto::KeyExchange::generate(chosen->suite.dh, core.random);
    const auto shared = ke->derive(payloads.ke->value);
    if (!shared) return refuse(wire::NotifyType::kInvalidSyntax);

    const Successor made{false,   *spi_i,          core.fresh_ike_spi(),           chosen->suite,
                         *shared, *payloads.nonce, core.random.bytes(kNonceLength)};
    IkeSa* fresh = make_successor(core, sa, made);
    if (fresh == nullptr) return refuse(wire::NotifyType::kNoProposalChosen);
    if (ours != nullptr) {
        fresh->heir_to = sa.local_spi();
        ours->rival = Rival<IkeSpi>{fresh->local_spi(), lower_nonce(made.nonce_i, made.nonce_r)};
    } else {
        adopt(core, sa, *fresh);
        announce(core, *fresh, "the peer");
    }
    Reply reply;
    wire::Proposal answer = chosen->answer;
    answer.spi = octets_of(made.spi_r);
    reply.payloads.sa = std::vector<wire::Proposal>{std::move(answer)};
    reply.payloads.nonce = made.nonce_r;
    reply.payloads.ke = wire::Ke{static_cast<std::uint16_t>(ke->group()), ke->public_value()};
    put_crash_token(core.options, *fresh, reply.payloads);
    return reply;
}

void accept_heir(Core& core, IkeSa& heir) {
    IkeSa* old = core.ike_sa(*heir.heir_to);
    heir.heir_to.reset();
    if (old == nullptr || !old->is<Established>()) return;
    adopt(core, *old, heir);
    announce(core, heir, "the peer");
}

bool inherit_rival(Core& core, IkeSa& sa, const IkeRekeyExchange& exchange) {
    IkeSa* rival = rival_of(core, exchange);
    if (rival == nullptr) return false;
    adopt(core, sa, *rival);
    announce(core, *rival, "the peer");
    return true;
}

void adopt(Core& core, IkeSa& from, IkeSa& to) {
    for (const dataplane::ChildId id : from.children) {
        core.child(id)->ike = to.local_spi();
        to.children.push_back(id);
    }
    from.children.clear();
    to.heir_to.reset();
    if (Tunnel* tunnel = core.tunnel_of(from)) {
        std::erase(tunnel->ike_sas, from.local_spi());
        tunnel->ike_sas.push_back(to.local_spi());
    }
    for (Task& task : from.out.take_queue()) {
        const bool of_old = std::holds_alternative<RekeyIke>(task) || std::holds_alternative<CheckLiveness>(task);
        if (!of_old) to.out.enqueue(task);
    }
    inherit_mobility(core, from, to);
    replaced(core, from);
    pump(core, to);
    if (Tunnel* tunnel = core.tunnel_of(to)) settle_doubles(core, *tunnel);
}

}  // namespace esplane::ike
