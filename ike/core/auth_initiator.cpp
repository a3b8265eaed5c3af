// IKE_AUTH as initiator (RFC 7296 1.2, 2.15, 2.16, 2.21.2).

#include <algorithm>

#include "ike/core/authentication.h"
#include "ike/core/crash_token.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/core/revocation.h"

namespace esplane::ike {

namespace {

/// RFC 7296 2.4: only from a first contact with this peer, by whichever tunnel.
bool first_contact(Core& core, const IkeSa& sa) {
    const auto has_contact = [&](const Tunnel& tunnel) {
        return std::any_of(tunnel.ike_sas.begin(), tunnel.ike_sas.end(), [&](IkeSpi spi) {
            const IkeSa* other = core.ike_sa(spi);
            return other != &sa && other->path.remote.address == sa.path.remote.address;
        });
    };
    return core.tunnels.find_candidate(sa.path, has_contact) == nullptr;
}

/// IKE is up, the CHILD_SA is not. That is of no use to a tunnel that has only this one, so all of it is tried again
/// later; otherwise the others are asked for.
void without_child(Core& core, IkeSa& sa, Tunnel& tunnel, std::uint32_t policy, LastError error) {
    tunnel.policies[policy].wanted = false;
    const bool others = next_missing(core, tunnel).has_value();
    tunnel.policies[policy].wanted = true;
    if (others) return policy_refused(core, tunnel, policy, std::move(error));
    close_ike(core, sa, std::nullopt);
    attempt_failed(core, tunnel, std::move(error));
}

bool begins_childless(const IkeSa& sa, const TunnelOptions& tunnel) {
    // Addresses are asked for, and given, with a CHILD_SA.
    return tunnel.childless != Childless::kNo && sa.peer_takes_childless && !tunnel.virtual_address;
}

/// The peer says by PPK_IDENTITY whether it has used it (RFC 8784 3). Empty when that is as it should be.
std::optional<LastError> settle_ppk(IkeSa& sa, const TunnelOptions& tunnel, AuthExchange& exchange,
                                    const wire::Payloads& payloads) {
    if (exchange.ppk_keys && payloads.find(wire::NotifyType::kPpkIdentity) != nullptr) {
        sa.protection->take(*std::exchange(exchange.ppk_keys, std::nullopt));
        sa.ppk_mixed_in = true;
        return std::nullopt;
    }
    if (tunnel.ppk && tunnel.ppk->required) return diagnosis::ppk_refused(tunnel, sa.path.remote.address);
    return std::nullopt;
}

/// The one that IKE_AUTH would have made comes first; with the first that works the others follow.
void begin_with_child(Core& core, IkeSa& sa, Tunnel& tunnel) {
    if (const auto next = next_missing(core, tunnel)) return enqueue(core, sa, CreateChild{*next});
    // All is served by the IKE SA whose place this one takes.
    enqueue(core, sa, CreateChild{0});
}

void install(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange, const wire::Payloads& payloads) {
    const bool lacks_address = tunnel.options.virtual_address && !take_address(core, tunnel, *exchange.child, payloads);
    Result<ChildChoice, LastError> choice =
        Failure{diagnosis::no_address_given(tunnel.options, sa.path.remote.address)};
    if (!lacks_address) choice = accept_child(tunnel, sa, *exchange.child, payloads);
    if (!choice) {
        // The peer has installed something that we refuse.
        sa.out.enqueue_first(DeleteChild{exchange.child->spi_in.spi(), std::nullopt});
        return without_child(core, sa, tunnel, exchange.child->policy, choice.error());
    }
    const Transcript& transcript = exchange.transcript;
    NewChild made;
    made.spi_in = std::move(exchange.child->spi_in);
    made.keys = derive_child_keys(sa.suite.prf, sa.protection->sk_d, choice->suite, nullptr,
                                  {transcript.nonce_i, transcript.nonce_r});
    made.choice = std::move(*choice);
    made.we_asked = true;
    install_child(core, sa, std::move(made));
}

}  // namespace

void reject_responder(Core& core, IkeSa& sa, Tunnel& tunnel, LastError error) {
    close_ike(core, sa, wire::NotifyType::kAuthenticationFailed);
    attempt_failed(core, tunnel, std::move(error));
}

LastError explain_auth_error(const IkeSa& sa, const Tunnel& tunnel, const AuthExchange& exchange,
                             const wire::Notify& error) {
    const IpAddress& peer = sa.path.remote.address;
    const ChildPolicy& child = tunnel.child(exchange.child ? exchange.child->policy : 0);
    if (error.is(wire::NotifyType::kAuthenticationFailed))
        return diagnosis::authentication_refused(tunnel.options, peer);
    if (error.is(wire::NotifyType::kNoProposalChosen))
        return diagnosis::esp_proposals_refused(tunnel.options, child, peer);
    if (error.is(wire::NotifyType::kTsUnacceptable)) return diagnosis::selectors_refused(tunnel.options, child, peer);
    if (error.is(wire::NotifyType::kInternalAddressFailure) || error.is(wire::NotifyType::kFailedCpRequired))
        return diagnosis::address_refused(tunnel.options, peer, error);
    return diagnosis::error_answered(tunnel.options, peer, "IKE_AUTH", error);
}

/// RFC 8784 3: AUTH by the keys with the PPK; beside it, where it may do without, what AUTH would be by those without.
/// The error is that there is no AUTH, or no PPK where one must be.
std::optional<LastError> prove_ourselves(const IkeSa& sa, const TunnelOptions& means, const Transcript& transcript,
                                         wire::Payloads& payloads, AuthExchange& exchange) {
    const Ppk* ppk = means.ppk.get();
    if (ppk != nullptr && ppk->required && !sa.peer_uses_ppk)
        return diagnosis::ppk_refused(means, sa.path.remote.address);
    if (ppk == nullptr || !sa.peer_uses_ppk) {
        const auto proof = put_proof(sa, means, our_claim(sa, transcript, *payloads.id_i), payloads);
        return proof ? std::nullopt : std::optional(proof.error());
    }
    exchange.ppk_keys = sa.protection->mixed_with(*ppk);
    const wire::Id& id = *payloads.id_i;
    if (const auto proof = put_proof(sa, means, our_claim(sa, transcript, id, &*exchange.ppk_keys), payloads); !proof)
        return proof.error();
    payloads.notifies.push_back(ppk_identity_notify(*ppk));
    if (ppk->required) return std::nullopt;
    wire::Payloads without;
    if (const auto proof = put_proof(sa, means, our_claim(sa, transcript, id), without); !proof) return proof.error();
    payloads.notifies.push_back(make_notify(wire::NotifyType::kNoPpkAuth, std::move(without.auth->value)));
    return std::nullopt;
}

std::optional<LastError> verify_responder(const Core& core, IkeSa& sa, const TunnelOptions& means,
                                          AuthExchange& exchange, const wire::Id& id, const wire::Payloads& payloads) {
    if (auto without = settle_ppk(sa, means, exchange, payloads)) return without;
    if (auto flaw = find_flaw(core, sa, means, their_claim(sa, exchange.transcript, id), payloads)) return flaw;
    const auto identity = Identity::from_wire(id);
    if (!identity || !means.remote_id.matches(*identity))
        return diagnosis::wrong_identity(means, sa.path.remote.address, id);
    return std::nullopt;
}

void send_auth(Core& core, IkeSa& sa, Transcript transcript) {
    Tunnel& tunnel = *core.tunnel_of(sa);
    if (tunnel.options.childless == Childless::kRequire && !sa.peer_takes_childless) {
        LastError error = diagnosis::no_childless(tunnel.options, sa.path.remote.address);
        core.discard(sa);
        return attempt_failed(core, tunnel, std::move(error));
    }
    wire::Payloads payloads;
    payloads.id_i = tunnel.options.local_id.to_wire();
    if (first_contact(core, sa)) payloads.notifies.push_back(make_notify(wire::NotifyType::kInitialContact));
    if (tunnel.options.remote_id.exact()) payloads.id_r = tunnel.options.remote_id.exact()->to_wire();
    put_certificate_requests(tunnel.options, payloads);
    AuthExchange exchange;
    if (tunnel.options.eap_supplicant) {
        exchange.eap = begin_rounds(core, tunnel.options);
    } else if (auto failed = prove_ourselves(sa, tunnel.options, transcript, payloads, exchange)) {
        core.discard(sa);
        return attempt_failed(core, tunnel, std::move(*failed));
    } else {
        put_crash_token(core.options, sa, payloads);
    }
    put_mobike_offer(sa, tunnel.options, payloads);
    exchange.transcript = std::move(transcript);
    // What was missing may have come from the peer meanwhile; then the first one goes along, and one of the two goes.
    if (!begins_childless(sa, tunnel.options)) {
        exchange.child = make_child_offer(core, sa, tunnel, next_missing(core, tunnel).value_or(0), false);
        if (tunnel.options.virtual_address) ask_for_address(tunnel, *exchange.child, payloads);
        put_child_offer(payloads, *exchange.child);
    }
    send_request(core, sa, wire::ExchangeType::kIkeAuth, payloads, std::move(exchange));
}

void on_auth_response(Core& core, IkeSa& sa, AuthExchange exchange, const wire::Payloads& payloads) {
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr) return core.discard(sa);
    if (payloads.auth && status_wait(core, sa, tunnel->options, payloads) == Answering::kLater) {
        std::get<Connecting>(sa.state).waiting =
            std::make_shared<WaitingAnswer>(WaitingAnswer{std::move(exchange), payloads});
        return;
    }
    if (exchange.eap) return on_eap_response(core, sa, *tunnel, std::move(exchange), payloads);
    if (payloads.auth && !payloads.id_r) return on_fatal_error(core, sa, "its IKE_AUTH response lacks IDr");
    if (!payloads.auth) {
        const wire::Notify* error = payloads.first_error();
        LastError reason = error != nullptr
                               ? explain_auth_error(sa, *tunnel, exchange, *error)
                               : diagnosis::unsupported_auth(tunnel->options, sa.path.remote.address, payloads);
        core.discard(sa);
        return attempt_failed(core, *tunnel, std::move(reason));
    }
    if (auto unverified = verify_responder(core, sa, tunnel->options, exchange, *payloads.id_r, payloads))
        return reject_responder(core, sa, *tunnel, std::move(*unverified));
    accept_responder(core, sa, *tunnel, std::move(exchange), *payloads.id_r, payloads);
}

void accept_responder(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange, const wire::Id& id,
                      const wire::Payloads& payloads) {
    sa.peer_id = Identity::from_wire(id);
    take_crash_token(sa, payloads);
    take_mobike(sa, tunnel.options, payloads);
    sa.we_authenticated_first = true;
    establish(core, sa, lower_nonce(exchange.transcript.nonce_i, exchange.transcript.nonce_r));
    if (on_auth_redirect(core, sa, tunnel, payloads)) return;
    limit_authentication(core, sa, tunnel.options.reauthentication);
    take_authentication_lifetime(core, sa, payloads);
    if (!exchange.child) return begin_with_child(core, sa, tunnel);
    // RFC 7296 1.2: the IKE SA stands although its CHILD_SA was refused.
    if (const wire::Notify* error = payloads.first_error())
        return without_child(core, sa, tunnel, exchange.child->policy,
                             explain_auth_error(sa, tunnel, exchange, *error));
    if (!payloads.sa) return on_fatal_error(core, sa, "its IKE_AUTH response has no CHILD_SA, which was asked for");
    install(core, sa, tunnel, std::move(exchange), payloads);
}

}  // namespace esplane::ike
