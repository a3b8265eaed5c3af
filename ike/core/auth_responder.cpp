// IKE_AUTH as responder, with a pre-shared key (RFC 7296 1.2, 2.15, 2.16, 2.21.2).
//
// The address gave candidates; IDi, IDr and the chosen suite single out those that could be meant, and the key of the
// first of them must verify. Whether the identity is unknown or the key is wrong costs the same time and brings the
// same answer; the operator's log tells them apart.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

bool allows(const TunnelOptions& options, const IkeSuite& suite) {
    const auto has = [](const auto& list, const auto& wanted) {
        return std::find(list.begin(), list.end(), wanted) != list.end();
    };
    return std::any_of(options.ike_proposals.begin(), options.ike_proposals.end(), [&](const IkeProposal& proposal) {
        const bool integ = suite.integ == crypto::IntegId::kNone || has(proposal.integ, suite.integ);
        return integ && has(proposal.encr, suite.encr) && has(proposal.prf, suite.prf) && has(proposal.dh, suite.dh);
    });
}

std::vector<Tunnel*> live_candidates(Core& core, const HalfOpen& half) {
    std::vector<Tunnel*> live;
    for (const dataplane::TunnelId id : half.candidates) {
        Tunnel* tunnel = core.tunnels.find(id);
        if (tunnel != nullptr && !tunnel->down && tunnel->options.psk) live.push_back(tunnel);
    }
    return live;
}

/// Of the tunnels that accept the peer's identity, and have the one it asks for, the first whose selectors fit.
Tunnel* pick_tunnel(const std::vector<Tunnel*>& live, const IkeSa& sa, const wire::Payloads& payloads) {
    const auto identity = Identity::from_wire(*payloads.id_i);
    if (!identity) return nullptr;
    Tunnel* picked = nullptr;
    for (Tunnel* tunnel : live) {
        const TunnelOptions& options = tunnel->options;
        if (!options.remote_id.matches(*identity) || !allows(options, sa.suite)) continue;
        if (payloads.id_r && !(options.local_id.to_wire() == *payloads.id_r)) continue;
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
    if (payloads.id_r && !(tunnel.options.local_id.to_wire() == *payloads.id_r))
        return diagnosis::wrong_local_identity(tunnel.options, peer, *payloads.id_r);
    return diagnosis::suite_not_for_tunnel(tunnel.options, peer, sa.suite);
}

/// One line in the log, and the error with every tunnel that could have been meant.
void note_with_candidates(Core& core, const std::vector<Tunnel*>& live, const IkeSa& sa,
                          const wire::Payloads& payloads) {
    const bool said = core.stranger_reports.allow(core.now);
    for (Tunnel* tunnel : live) {
        note_stranger_error(core, *tunnel, explain_no_pick(*tunnel, sa, payloads), said && tunnel == live.front());
    }
}

/// The answer stays for repeated requests until the half-open time is up, and counts as half-open as long.
Reply refuse_peer(Core& core, IkeSa& sa) {
    const Fingerprint init_request = std::get<HalfOpen>(sa.state).init_request;
    core.become(sa, Refused{init_request});
    return refuse(wire::NotifyType::kAuthenticationFailed);
}

bool verifies(const IkeSa& sa, const Transcript& transcript, const crypto::Secret& psk,
              const wire::Payloads& payloads) {
    const crypto::Secret expected =
        psk_auth(sa.suite.prf, psk, transcript.request, transcript.nonce_r, sa.protection->sk_p_theirs, *payloads.id_i);
    return equal_constant_time(expected.view(), payloads.auth->value);
}

Reply answer_with_child(Core& core, IkeSa& sa, Tunnel& tunnel, const Transcript& transcript,
                        const wire::Payloads& payloads, Reply reply) {
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

Reply accept_peer(Core& core, IkeSa& sa, Tunnel& tunnel, const wire::Payloads& payloads) {
    const Transcript transcript = std::move(std::get<HalfOpen>(sa.state).transcript);
    sa.tunnel = tunnel.id();
    sa.peer_id = Identity::from_wire(*payloads.id_i);
    make_room(core, tunnel);
    tunnel.ike_sas.push_back(sa.local_spi());
    // RFC 7296 2.4: acts only now that the peer is authenticated.
    if (payloads.find(wire::NotifyType::kInitialContact) != nullptr) on_initial_contact(core, sa);
    establish(core, sa, lower_nonce(transcript.nonce_i, transcript.nonce_r));

    Reply reply;
    reply.payloads.id_r = tunnel.options.local_id.to_wire();
    const crypto::Secret auth = psk_auth(sa.suite.prf, *tunnel.options.psk, transcript.response, transcript.nonce_i,
                                         sa.protection->sk_p_ours, *reply.payloads.id_r);
    reply.payloads.auth = wire::Auth{static_cast<std::uint8_t>(wire::AuthMethod::kSharedKey), to_bytes(auth.view())};
    return answer_with_child(core, sa, tunnel, transcript, payloads, std::move(reply));
}

}  // namespace

Reply on_auth_request(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    const HalfOpen& half = std::get<HalfOpen>(sa.state);
    const std::vector<Tunnel*> live = live_candidates(core, half);
    const bool by_psk = payloads.id_i && payloads.auth &&
                        payloads.auth->method == static_cast<std::uint8_t>(wire::AuthMethod::kSharedKey);
    if (!by_psk) {
        if (!live.empty()) {
            note_stranger_error(core, *live.front(),
                                diagnosis::unsupported_auth(live.front()->options, sa.path.remote.address, payloads),
                                core.stranger_reports.allow(core.now));
        }
        return refuse_peer(core, sa);
    }
    Tunnel* tunnel = pick_tunnel(live, sa, payloads);
    const crypto::Secret nobody(core.random.bytes(32));
    const bool verified =
        verifies(sa, half.transcript, tunnel != nullptr ? *tunnel->options.psk : nobody, payloads) && tunnel != nullptr;
    if (verified) return accept_peer(core, sa, *tunnel, payloads);
    if (tunnel == nullptr) {
        note_with_candidates(core, live, sa, payloads);
    } else {
        note_stranger_error(core, *tunnel,
                            diagnosis::wrong_psk(tunnel->options, sa.path.remote.address, *payloads.id_i),
                            core.stranger_reports.allow(core.now));
    }
    return refuse_peer(core, sa);
}

}  // namespace esplane::ike
