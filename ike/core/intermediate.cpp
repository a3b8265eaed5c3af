// IKE_INTERMEDIATE between IKE_SA_INIT and IKE_AUTH, both roles (RFC 9242): an additional key exchange in each (RFC
// 9370 2.2.2). All keys are new after each of them; neither side has proven who it is before AUTH, which covers all.

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

wire::Ke ke_payload(crypto::DhId method, Bytes value) {
    return {static_cast<std::uint16_t>(method), std::move(value)};
}

/// SKEYSEED(n) = prf(SK_d(n-1), SK(n) | Ni | Nr). Empty when the keys do not fit the suite.
std::optional<Protection> next_protection(const IkeSa& sa, const Transcript& transcript, const crypto::Secret& shared) {
    return protect(sa.suite,
                   derive_rekeyed_ike_keys(sa.suite.prf, sa.protection->sk_d, sa.suite, shared,
                                           {transcript.nonce_i, transcript.nonce_r}, sa.spi_i, sa.spi_r),
                   sa.initiator);
}

std::unique_ptr<crypto::KeyExchange> begin_exchange(Core& core, crypto::DhId method) {
    return crypto::is_kem(method) ? core.options.encapsulation->generate(method, core.random)
                                  : crypto::KeyExchange::generate(method, core.random);
}

std::optional<crypto::KeyExchangeAnswer> answer_exchange(Core& core, crypto::DhId method, ByteView value) {
    return crypto::is_kem(method) ? core.options.encapsulation->encapsulate(method, value, core.random)
                                  : crypto::answer_key_exchange(method, value, core.random);
}

void send_next(Core& core, IkeSa& sa, Transcript transcript, std::vector<crypto::DhId> left) {
    if (left.empty()) return send_auth(core, sa, std::move(transcript));
    IntermediateExchange exchange;
    exchange.ke = begin_exchange(core, left.front());
    left.erase(left.begin());
    exchange.left = std::move(left);
    wire::Payloads payloads;
    payloads.ke = ke_payload(exchange.ke->group(), exchange.ke->public_value());
    constexpr auto kType = wire::ExchangeType::kIkeIntermediate;
    transcript.intermediate.add(sa.suite.prf, sa.protection->sk_p_ours, header_of(sa, kType, false, sa.out.next_id()),
                                wire::chain_of(kType, payloads));
    exchange.transcript = std::move(transcript);
    send_request(core, sa, kType, payloads, std::move(exchange));
}

void give_up(Core& core, IkeSa& sa, Tunnel& tunnel, LastError error) {
    core.discard(sa);
    attempt_failed(core, tunnel, std::move(error));
}

/// The peer has not proven itself, so that what it says is noted as a stranger's.
Reply refuse_intermediate(Core& core, IkeSa& sa, std::string_view what) {
    const HalfOpen& half = std::get<HalfOpen>(sa.state);
    const Fingerprint init_request = half.init_request;
    Tunnel* tunnel = half.candidates.empty() ? nullptr : core.tunnels.find(half.candidates.front());
    if (tunnel != nullptr) {
        note_stranger_error(core, *tunnel, diagnosis::protocol_error(tunnel->options, sa.path.remote.address, what),
                            core.stranger_reports.take(core.now));
    }
    core.become(sa, Refused{init_request});
    return refuse(wire::NotifyType::kInvalidSyntax);
}

}  // namespace

void begin_intermediates(Core& core, IkeSa& sa, Transcript transcript) {
    send_next(core, sa, std::move(transcript), in_order(sa.suite.additional));
}

void on_intermediate_response(Core& core, IkeSa& sa, IntermediateExchange exchange, const wire::Header& header,
                              const Opened& opened) {
    Tunnel* tunnel = core.tunnel_of(sa);
    if (tunnel == nullptr) return core.discard(sa);
    const IpAddress& peer = sa.path.remote.address;
    const wire::Payloads& payloads = opened.payloads;
    if (const wire::Notify* error = payloads.first_error())
        return give_up(core, sa, *tunnel, diagnosis::error_answered(tunnel->options, peer, "IKE_INTERMEDIATE", *error));
    if (payloads.ke->group != static_cast<std::uint16_t>(exchange.ke->group()))
        return on_fatal_error(core, sa, "its IKE_INTERMEDIATE response has a key exchange of another method");
    const auto shared = exchange.ke->derive(payloads.ke->value);
    if (!shared) return on_fatal_error(core, sa, "its IKE_INTERMEDIATE response has an illegal key exchange value");
    exchange.transcript.intermediate.add(sa.suite.prf, sa.protection->sk_p_theirs, header, opened.chain);
    sa.protection = next_protection(sa, exchange.transcript, *shared);
    if (!sa.protection) return on_fatal_error(core, sa, "the suite it chose has no cipher here");
    send_next(core, sa, std::move(exchange.transcript), std::move(exchange.left));
}

Reply on_intermediate_request(Core& core, IkeSa& sa, const wire::Header& header, const Opened& opened) {
    HalfOpen& half = std::get<HalfOpen>(sa.state);
    const crypto::DhId method = half.additional.front();
    const wire::Ke& ke = *opened.payloads.ke;
    if (ke.group != static_cast<std::uint16_t>(method))
        return refuse_intermediate(core, sa, "its IKE_INTERMEDIATE request has a key exchange of another method");
    const auto answer = answer_exchange(core, method, ke.value);
    if (!answer) return refuse_intermediate(core, sa, "its IKE_INTERMEDIATE request has an illegal key exchange value");
    Reply reply;
    reply.payloads.ke = ke_payload(method, answer->public_value);
    IntAuth& covered = half.transcript.intermediate;
    covered.add(sa.suite.prf, sa.protection->sk_p_theirs, header, opened.chain);
    covered.add(sa.suite.prf, sa.protection->sk_p_ours, header_of(sa, header.exchange, true, header.message_id),
                wire::chain_of(header.exchange, reply.payloads));
    // The answer is still under the old ones.
    sa.next_protection = next_protection(sa, half.transcript, answer->shared);
    if (!sa.next_protection) return refuse_intermediate(core, sa, "the suite that was chosen has no cipher here");
    half.additional.erase(half.additional.begin());
    return reply;
}

}  // namespace esplane::ike
