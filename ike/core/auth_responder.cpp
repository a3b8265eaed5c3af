// IKE_AUTH as responder (RFC 7296 1.2, 2.15, 2.16, 2.21.2).
//
// The address gave candidates; the kind of AUTH, IDi, IDr and the chosen suite single out those that could be meant,
// and the proof must hold for the first of them. Whether the identity is unknown or a pre-shared key is wrong costs the
// same time and brings the same answer; the operator's log tells them apart.

#include <algorithm>

#include "ike/core/authentication.h"
#include "ike/core/crash_token.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/core/revocation.h"

namespace esplane::ike {

namespace {

template <typename List, typename Wanted>
bool has(const List& list, const Wanted& wanted) {
    return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool allows(const AdditionalOffers& ours, const AdditionalChoice& chosen) {
    return std::equal(ours.begin(), ours.end(), chosen.begin(), [](const auto& methods, crypto::DhId method) {
        return methods.empty() ? method == crypto::DhId::kNone : has(methods, method);
    });
}

bool allows(const TunnelOptions& options, const IkeSuite& suite) {
    return std::any_of(options.ike_proposals.begin(), options.ike_proposals.end(), [&](const IkeProposal& proposal) {
        const bool integ = suite.integ == crypto::IntegId::kNone || has(proposal.integ, suite.integ);
        return integ && has(proposal.encr, suite.encr) && has(proposal.prf, suite.prf) && has(proposal.dh, suite.dh) &&
               allows(proposal.additional, suite.additional);
    });
}

std::vector<Tunnel*> live_candidates(Core& core, const HalfOpen& half) {
    std::vector<Tunnel*> live;
    for (const dataplane::TunnelId id : half.candidates) {
        Tunnel* tunnel = core.tunnels.find(id);
        if (tunnel != nullptr && !tunnel->down) live.push_back(tunnel);
    }
    return live;
}

/// Whether the peer asks for us: names may be written in another case, or with strings of another kind.
bool is_us(const TunnelOptions& options, const wire::Id& asked) {
    const auto identity = Identity::from_wire(asked);
    return identity && IdentityPattern::exactly(options.local_id).matches(*identity);
}

/// Of the tunnels that accept the peer's identity, and have the one it asks for, the first whose selectors fit.
Tunnel* pick_tunnel(const std::vector<Tunnel*>& live, const IkeSa& sa, const wire::Payloads& payloads) {
    const auto identity = Identity::from_wire(*payloads.id_i);
    if (!identity) return nullptr;
    Tunnel* picked = nullptr;
    for (Tunnel* tunnel : live) {
        const TunnelOptions& options = tunnel->options;
        if (!options.remote_id.matches(*identity) || !allows(options, sa.suite)) continue;
        if (payloads.id_r && !is_us(options, *payloads.id_r)) continue;
        if (match_policy(options, payloads)) return tunnel;
        if (picked == nullptr) picked = tunnel;
    }
    return picked;
}

LastError explain_no_pick(const Tunnel& tunnel, const IkeSa& sa, const wire::Payloads& payloads) {
    const IpAddress& peer = sa.path.remote.address;
    const auto identity = Identity::from_wire(*payloads.id_i);
    if (!identity || !tunnel.options.remote_id.matches(*identity))
        return diagnosis::wrong_identity(tunnel.options, peer, *payloads.id_i);
    if (payloads.id_r && !is_us(tunnel.options, *payloads.id_r))
        return diagnosis::wrong_local_identity(tunnel.options, peer, *payloads.id_r);
    return diagnosis::suite_not_for_tunnel(tunnel.options, peer, sa.suite);
}

LastError explain_no_method(const Tunnel& tunnel, const IkeSa& sa, const wire::Payloads& payloads) {
    if (tunnel.options.eap_supplicant) return diagnosis::only_begins(tunnel.options, sa.path.remote.address);
    return diagnosis::unsupported_auth(tunnel.options, sa.path.remote.address, payloads);
}

/// One line in the log, and the error with every tunnel that could have been meant.
void note_with_candidates(Core& core, const std::vector<Tunnel*>& live, const IkeSa& sa,
                          const wire::Payloads& payloads) {
    const bool said = core.stranger_reports.take(core.now);
    for (Tunnel* tunnel : live) {
        note_stranger_error(core, *tunnel, explain_no_pick(*tunnel, sa, payloads), said && tunnel == live.front());
    }
}

/// Takes the time that a pre-shared key takes: a peer is not to tell from it whether its identity is known.
void verify_nothing(Core& core, const IkeSa& sa, const Claim& theirs, const wire::Payloads& payloads) {
    const auto nobody = std::make_shared<const crypto::Secret>(core.random.bytes(32));
    TunnelOptions stranger;
    stranger.psk = nobody;
    static_cast<void>(find_flaw(core, sa, stranger, theirs, payloads));
}

/// Those that want to be proven to by AUTH as it is, or by EAP where there is none. By EAP itself only who begins can
/// prove itself.
std::vector<Tunnel*> of_this_method(std::vector<Tunnel*> live, const wire::Payloads& payloads) {
    std::erase_if(live, [&](const Tunnel* tunnel) {
        if (tunnel->options.eap_supplicant) return true;
        const bool by_eap = tunnel->options.eap_authenticator != nullptr;
        return by_eap ? payloads.auth.has_value() : !is_wanted_method(tunnel->options, payloads);
    });
    return live;
}

/// `payloads`: of the request that has SA, TSi, TSr and CP.
Reply answer_with_child(Core& core, IkeSa& sa, const PeerPlace& place, const Transcript& transcript,
                        const wire::Payloads& payloads, Reply reply) {
    Tunnel& tunnel = *place.tunnel;
    if (place.refusal) {
        reply.payloads.notifies.push_back(make_notify(place.refusal->notify));
        attempt_failed(core, tunnel, place.refusal->error);
        return reply;
    }
    auto choice = choose_child(tunnel, sa, payloads, match_policy(tunnel.options, payloads), false);
    if (!choice) {
        // RFC 7296 1.2: the IKE SA stands; only its CHILD_SA is refused.
        reply.payloads.notifies.push_back(make_notify(choice.error().notify));
        attempt_failed(core, tunnel, choice.error().error);
        return reply;
    }
    NewChild made;
    made.spi_in = core.spis.lease(core.random, tunnel.options.worker);
    made.keys = derive_child_keys(sa.suite.prf, sa.protection->sk_d, choice->suite, nullptr,
                                  {transcript.nonce_i, transcript.nonce_r});
    put_child_answer(reply.payloads, *choice, made.spi_in.spi());
    put_assignment(core, tunnel, payloads, reply.payloads);
    made.choice = std::move(*choice);
    reply.after = install_child(core, sa, std::move(made)).id;
    return reply;
}

/// A peer with the key may come back again and again, under as many names as a wildcard allows.
void make_room(Core& core, const Tunnel& tunnel) {
    if (tunnel.ike_sas.size() < kMaxIkeSasOfTunnel) return;
    IkeSa* oldest = nullptr;
    for (const IkeSpi spi : tunnel.ike_sas) {
        IkeSa* sa = core.ike_sa(spi);
        if (!sa->is<Established>()) continue;
        if (oldest == nullptr) oldest = sa;
        if (sa->children.empty()) {
            oldest = sa;
            break;
        }
    }
    if (oldest != nullptr) close_ike(core, *oldest, std::nullopt);
}

/// What the peer has proven itself with (RFC 8784 3), if it is what the tunnel wants.
struct PpkChoice {
    std::optional<PpkKeys> keys;             ///< empty: it is without a PPK
    std::optional<wire::Payloads> payloads;  ///< those to go by, where they are not the message's own
};

/// Where the peer has the tunnel's PPK, AUTH is by the keys with it. Otherwise what it says for the case that we do not
/// have it, in NO_PPK_AUTH, stands in the place of AUTH. Empty: there is no PPK, and there must be one.
std::optional<PpkChoice> choose_ppk(const IkeSa& sa, const TunnelOptions& tunnel, const wire::Payloads& payloads) {
    const Ppk* ppk = tunnel.ppk.get();
    const wire::Notify* identity = payloads.find(wire::NotifyType::kPpkIdentity);
    PpkChoice choice;
    if (ppk != nullptr && identity != nullptr && sa.peer_uses_ppk && names_ppk(*identity, *ppk)) {
        choice.keys = sa.protection->mixed_with(*ppk);
        return choice;
    }
    if (ppk != nullptr && ppk->required) return std::nullopt;
    if (identity == nullptr) return choice;
    const wire::Notify* without = payloads.find(wire::NotifyType::kNoPpkAuth);
    if (without == nullptr) return std::nullopt;
    choice.payloads = payloads;
    choice.payloads->auth->value = without->data;
    return choice;
}

}  // namespace

Reply refuse_peer(Core& core, IkeSa& sa) {
    const Fingerprint init_request = std::get<HalfOpen>(sa.state).init_request;
    core.become(sa, Refused{init_request});
    return refuse(wire::NotifyType::kAuthenticationFailed);
}

std::optional<LastError> verify_initiator(Core& core, IkeSa& sa, const TunnelOptions& means,
                                          const wire::Payloads& payloads) {
    auto ppk = choose_ppk(sa, means, payloads);
    if (!ppk) return diagnosis::ppk_refused(means, sa.path.remote.address);
    const Transcript& transcript = std::get<HalfOpen>(sa.state).transcript;
    const Claim theirs = their_claim(sa, transcript, *payloads.id_i, ppk->keys ? &*ppk->keys : nullptr);
    if (auto flaw = find_flaw(core, sa, means, theirs, ppk->payloads ? *ppk->payloads : payloads)) return flaw;
    sa.ppk_mixed_in = ppk->keys.has_value();
    if (ppk->keys) sa.protection->take(std::move(*ppk->keys));
    return std::nullopt;
}

Reply accept_peer(Core& core, IkeSa& sa, Tunnel& tunnel, const TunnelOptions& means, const wire::Payloads& payloads) {
    Reply reply;
    reply.payloads.id_r = tunnel.options.local_id.to_wire();
    // RFC 8784 3: says that the PPK was used.
    if (sa.ppk_mixed_in) reply.payloads.notifies.push_back(make_notify(wire::NotifyType::kPpkIdentity));
    const Claim ours = our_claim(sa, std::get<HalfOpen>(sa.state).transcript, *reply.payloads.id_r);
    if (const auto proof = put_proof(sa, means, ours, reply.payloads); !proof) {
        note_stranger_error(core, tunnel, proof.error(), core.stranger_reports.take(core.now));
        return refuse_peer(core, sa);
    }
    const Transcript transcript = std::move(std::get<HalfOpen>(sa.state).transcript);
    sa.peer_id = Identity::from_wire(*payloads.id_i);
    take_crash_token(sa, payloads);
    put_crash_token(core.options, sa, reply.payloads);
    take_mobike(sa, tunnel.options, payloads);
    put_mobike_answer(sa, reply.payloads);
    const PeerPlace place = place_peer(core, tunnel, sa, payloads);
    sa.tunnel = place.tunnel->id();
    make_room(core, *place.tunnel);
    place.tunnel->ike_sas.push_back(sa.local_spi());
    // RFC 7296 2.4: acts only now that the peer is authenticated.
    if (payloads.find(wire::NotifyType::kInitialContact) != nullptr) on_initial_contact(core, sa);
    establish(core, sa, lower_nonce(transcript.nonce_i, transcript.nonce_r));
    limit_authentication(core, sa, tunnel.options.reauthentication);
    put_authentication_lifetime(tunnel.options, reply.payloads);
    if (payloads.sa || place.refusal) return answer_with_child(core, sa, place, transcript, payloads, std::move(reply));
    // RFC 6023: the peer makes it by CREATE_CHILD_SA.
    put_assignment(core, *place.tunnel, payloads, reply.payloads);
    return reply;
}

Reply on_auth_request(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    const HalfOpen& half = std::get<HalfOpen>(sa.state);
    if (half.eap) return on_eap_request(core, sa, payloads);
    const std::vector<Tunnel*> live = live_candidates(core, half);
    const std::vector<Tunnel*> wanted = of_this_method(live, payloads);
    if (wanted.empty() || !payloads.id_i) {
        if (!live.empty()) {
            note_stranger_error(core, *live.front(), explain_no_method(*live.front(), sa, payloads),
                                core.stranger_reports.take(core.now));
        }
        return refuse_peer(core, sa);
    }
    Tunnel* tunnel = pick_tunnel(wanted, sa, payloads);
    if (tunnel == nullptr) {
        verify_nothing(core, sa, their_claim(sa, half.transcript, *payloads.id_i), payloads);
        note_with_candidates(core, wanted, sa, payloads);
        return refuse_peer(core, sa);
    }
    if (tunnel->options.eap_authenticator) return begin_eap(core, sa, *tunnel, payloads);
    const Answering answering = status_wait(core, sa, tunnel->options, payloads);
    if (answering != Answering::kNow) return {.payloads = {}, .after = {}, .answering = answering};
    if (auto flaw = verify_initiator(core, sa, tunnel->options, payloads)) {
        note_stranger_error(core, *tunnel, std::move(*flaw), core.stranger_reports.take(core.now));
        return refuse_peer(core, sa);
    }
    return accept_peer(core, sa, *tunnel, tunnel->options, payloads);
}

}  // namespace esplane::ike
