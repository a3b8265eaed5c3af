// IKE_AUTH in which we prove ourselves by EAP, as initiator (RFC 7296 2.16). The first request lacks AUTH; the gateway
// proves itself by certificate in its answer, and only then EAP begins. When that has ended well, both sides send AUTH
// made from the key that it has given.

#include "ike/core/authentication.h"
#include "ike/core/crash_token.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/eap/bounds.h"

namespace esplane::ike {

namespace {

/// The gateway has no IKE SA yet that it could be told of.
void give_up(Core& core, IkeSa& sa, Tunnel& tunnel, LastError error) {
    core.discard(sa);
    attempt_failed(core, tunnel, std::move(error));
}

LastError refused(const IkeSa& sa, const Tunnel& tunnel, const AuthExchange& exchange, std::string_view why) {
    return diagnosis::eap_refused(tunnel.options, sa.path.remote.address, *exchange.eap->conversation, why);
}

/// In the first answer. What may be wrong is the same as without EAP, but for AUTH that is not there.
std::optional<LastError> verify_gateway(const Core& core, IkeSa& sa, const Tunnel& tunnel, AuthExchange& exchange,
                                        const wire::Payloads& payloads) {
    if (!payloads.auth || !payloads.id_r) return diagnosis::gateway_unproven(tunnel.options, sa.path.remote.address);
    // The PPK has its place in the last messages (RFC 8784 3).
    TunnelOptions by_certificate = tunnel.options;
    by_certificate.ppk = nullptr;
    if (auto flaw = verify_responder(core, sa, by_certificate, exchange, *payloads.id_r, payloads)) return flaw;
    if (!payloads.eap) return refused(sa, tunnel, exchange, "it does not begin EAP");
    exchange.eap->gateway = *payloads.id_r;
    return std::nullopt;
}

/// EAP has ended well: AUTH, and what goes along with it.
void send_proof(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange) {
    const crypto::Secret& msk = exchange.eap->conversation->msk();
    if (msk.size() < eap::kMskSize)
        return give_up(core, sa, tunnel, refused(sa, tunnel, exchange, "the method has given no key"));
    wire::Payloads payloads;
    payloads.id_i = tunnel.options.local_id.to_wire();
    const TunnelOptions means = after_eap(tunnel.options, msk);
    if (auto failed = prove_ourselves(sa, means, exchange.transcript, payloads, exchange))
        return give_up(core, sa, tunnel, std::move(*failed));
    payloads.id_i.reset();
    put_crash_token(core.options, sa, payloads);
    exchange.eap->succeeded = true;
    send_request(core, sa, wire::ExchangeType::kIkeAuth, payloads, std::move(exchange));
}

void go_on(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange, ByteView packet) {
    if (++exchange.eap->count > eap::kMostRounds)
        return give_up(core, sa, tunnel, refused(sa, tunnel, exchange, "it comes to no end"));
    eap::Conversation& conversation = *exchange.eap->conversation;
    eap::Step step = conversation.receive(packet);
    switch (step.kind) {
        case eap::Step::Kind::kSend: {
            wire::Payloads payloads;
            payloads.eap = std::move(step.packet);
            return send_request(core, sa, wire::ExchangeType::kIkeAuth, payloads, std::move(exchange));
        }
        case eap::Step::Kind::kSuccess:
            return send_proof(core, sa, tunnel, std::move(exchange));
        case eap::Step::Kind::kFailure:
            return give_up(core, sa, tunnel, refused(sa, tunnel, exchange, conversation.why()));
        case eap::Step::Kind::kIgnored:
            // IKE delivers each packet once and in order, so that nothing better is on its way.
            return give_up(core, sa, tunnel, refused(sa, tunnel, exchange, "its packet has no place there"));
    }
}

void end(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange, const wire::Payloads& payloads) {
    const TunnelOptions means = after_eap(tunnel.options, exchange.eap->conversation->msk());
    const wire::Id gateway = *exchange.eap->gateway;
    if (auto unverified = verify_responder(core, sa, means, exchange, gateway, payloads))
        return reject_responder(core, sa, tunnel, std::move(*unverified));
    accept_responder(core, sa, tunnel, std::move(exchange), gateway, payloads);
}

}  // namespace

EapRounds begin_rounds(Core& core, const TunnelOptions& tunnel) {
    EapRounds rounds;
    rounds.supplicant = tunnel.eap_supplicant;
    rounds.conversation = rounds.supplicant->begin_conversation(core.random, core.wall_clock.now());
    return rounds;
}

void on_eap_response(Core& core, IkeSa& sa, Tunnel& tunnel, AuthExchange exchange, const wire::Payloads& payloads) {
    const wire::Notify* error = payloads.first_error();
    if (error != nullptr && !payloads.auth && !payloads.eap)
        return give_up(core, sa, tunnel, explain_auth_error(sa, tunnel, exchange, *error));
    if (exchange.eap->succeeded) return end(core, sa, tunnel, std::move(exchange), payloads);
    if (!exchange.eap->gateway) {
        if (auto flaw = verify_gateway(core, sa, tunnel, exchange, payloads))
            return give_up(core, sa, tunnel, std::move(*flaw));
    }
    if (!payloads.eap)
        return give_up(core, sa, tunnel, refused(sa, tunnel, exchange, "it ends IKE_AUTH before EAP has ended"));
    go_on(core, sa, tunnel, std::move(exchange), *payloads.eap);
}

}  // namespace esplane::ike
