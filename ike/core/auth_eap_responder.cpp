// IKE_AUTH in which the initiator proves itself by EAP, as responder (RFC 7296 2.16). We prove ourselves by certificate
// first; what the first request says and wants is kept, and acted upon only when AUTH has come, made from the key that
// EAP has given.

#include "ike/core/authentication.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/eap/bounds.h"

namespace esplane::ike {

namespace {

EapGuest& guest_of(IkeSa& sa) {
    return *std::get<HalfOpen>(sa.state).eap;
}

Reply refuse_for(Core& core, IkeSa& sa, Tunnel& tunnel, LastError error) {
    note_stranger_error(core, tunnel, std::move(error), core.stranger_reports.take(core.now));
    return refuse_peer(core, sa);
}

Reply refuse_guest(Core& core, IkeSa& sa, Tunnel& tunnel, std::string_view why) {
    return refuse_for(core, sa, tunnel,
                      diagnosis::eap_failed(tunnel.options, sa.path.remote.address, *guest_of(sa).conversation, why));
}

Reply with_eap(Bytes packet) {
    Reply reply;
    reply.payloads.eap = std::move(packet);
    return reply;
}

Reply go_on(Core& core, IkeSa& sa, Tunnel& tunnel, ByteView packet) {
    EapGuest& guest = guest_of(sa);
    if (++guest.rounds > eap::kMostRounds) return refuse_guest(core, sa, tunnel, "it comes to no end");
    eap::Step step = guest.conversation->receive(packet);
    switch (step.kind) {
        case eap::Step::Kind::kSuccess:
            if (guest.conversation->msk().size() < eap::kMskSize) break;
            guest.succeeded = true;
            return with_eap(std::move(step.packet));
        case eap::Step::Kind::kSend:
            return with_eap(std::move(step.packet));
        case eap::Step::Kind::kFailure: {
            const Reply refusal = refuse_guest(core, sa, tunnel, guest.conversation->why());
            return step.packet.empty() ? refusal : with_eap(std::move(step.packet));
        }
        case eap::Step::Kind::kIgnored:
            // IKE delivers each packet once and in order, so that nothing better is on its way.
            return refuse_guest(core, sa, tunnel, "its packet is no answer to what it was asked");
    }
    return refuse_guest(core, sa, tunnel, "the method has given no key");
}

/// AUTH of the last request is for what was said in the first.
Reply end(Core& core, IkeSa& sa, Tunnel& tunnel, const wire::Payloads& last) {
    EapGuest& guest = guest_of(sa);
    wire::Payloads payloads = std::move(guest.first_request);
    payloads.auth = last.auth;
    payloads.notifies.insert(payloads.notifies.end(), last.notifies.begin(), last.notifies.end());
    const TunnelOptions means = after_eap(tunnel.options, guest.conversation->msk());
    if (auto flaw = verify_initiator(core, sa, means, payloads)) return refuse_for(core, sa, tunnel, std::move(*flaw));
    sa.eap_identity = guest.conversation->identity();
    Reply reply = accept_peer(core, sa, tunnel, means, payloads);
    // It has stood in our first answer.
    reply.payloads.id_r.reset();
    return reply;
}

}  // namespace

Reply begin_eap(Core& core, IkeSa& sa, Tunnel& tunnel, const wire::Payloads& payloads) {
    // Our proof costs us as much as a key exchange, and nothing is known of the peer yet.
    if (core.eap_guests >= core.options.eap_limit || !core.stranger_keys.take(core.now)) {
        ++core.counters.half_open_dropped;
        return refuse_peer(core, sa);
    }
    HalfOpen& half = std::get<HalfOpen>(sa.state);
    Reply reply;
    reply.payloads.id_r = tunnel.options.local_id.to_wire();
    const Claim ours = our_claim(sa, half.transcript, *reply.payloads.id_r);
    if (const auto proof = put_proof(sa, tunnel.options, ours, reply.payloads); !proof)
        return refuse_for(core, sa, tunnel, proof.error());
    auto guest = std::make_unique<EapGuest>();
    guest->tunnel = tunnel.id();
    guest->authenticator = tunnel.options.eap_authenticator;
    guest->conversation = guest->authenticator->begin_conversation(core.random, core.wall_clock.now());
    guest->first_request = payloads;
    reply.payloads.eap = guest->conversation->begin();
    half.eap = std::move(guest);
    ++core.eap_guests;
    core.arm(Timer::kDiscard, sa, core.options.eap_timeout);
    return reply;
}

Reply on_eap_request(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    const EapGuest& guest = guest_of(sa);
    Tunnel* tunnel = core.tunnels.find(guest.tunnel);
    const bool serves = tunnel != nullptr && !tunnel->down && !core.shutting_down;
    // A tunnel that was configured anew meanwhile is another one.
    if (!serves || tunnel->options.eap_authenticator != guest.authenticator) return refuse_peer(core, sa);
    if (!guest.succeeded && payloads.eap) return go_on(core, sa, *tunnel, *payloads.eap);
    if (guest.succeeded && payloads.auth && !payloads.id_i) return end(core, sa, *tunnel, payloads);
    return refuse_guest(
        core, sa, *tunnel,
        guest.succeeded ? "it goes on where AUTH should follow" : "it sends something else before EAP has ended");
}

Reply on_eap_given_up(Core& core, IkeSa& sa) {
    const EapGuest& guest = guest_of(sa);
    const std::string why = guest.conversation->why();
    Tunnel* tunnel = core.tunnels.find(guest.tunnel);
    if (tunnel == nullptr) {
        refuse_peer(core, sa);
    } else {
        refuse_guest(core, sa, *tunnel, why.empty() ? "it gives up" : why);
    }
    return {};
}

}  // namespace esplane::ike
