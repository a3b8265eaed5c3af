// A request of the peer's: window, ICV, state, and only then what it asks for.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/core/opening.h"
#include "ike/wire/legality.h"

namespace esplane::ike {

namespace {

using wire::ExchangeType;

bool may_ask(const IkeSa& sa, ExchangeType exchange) {
    if (const auto* half = std::get_if<HalfOpen>(&sa.state)) {
        if (!half->additional.empty()) return exchange == ExchangeType::kIkeIntermediate;
        return exchange == ExchangeType::kIkeAuth || (half->eap && exchange == ExchangeType::kInformational);
    }
    const bool serves = sa.is<Established>() || sa.is<Replaced>() || sa.is<Deleting>();
    return serves && (exchange == ExchangeType::kCreateChildSa || exchange == ExchangeType::kInformational);
}

/// RFC 7296 2.21.3: an authenticated message that cannot be read ends the IKE SA on both sides.
Reply refuse_malformed(Core& core, IkeSa& sa, const std::string& what) {
    if (const auto* half = std::get_if<HalfOpen>(&sa.state)) {
        const Fingerprint init_request = half->init_request;
        core.become(sa, Refused{init_request});
        return refuse(wire::NotifyType::kInvalidSyntax);
    }
    Tunnel* tunnel = core.tunnel_of(sa);
    const bool served = sa.is<Established>();
    end_ike(core, sa);
    if (served && tunnel != nullptr) {
        connection_lost(core, *tunnel, diagnosis::protocol_error(tunnel->options, sa.path.remote.address, what),
                        Next::kByStart);
    }
    return refuse(wire::NotifyType::kInvalidSyntax);
}

Reply refuse_critical(Core& core, IkeSa& sa, std::uint8_t type) {
    if (const auto* half = std::get_if<HalfOpen>(&sa.state)) {
        const Fingerprint init_request = half->init_request;
        core.become(sa, Refused{init_request});
    }
    return refuse(wire::NotifyType::kUnsupportedCriticalPayload, {type});
}

bool deletes_ike(const wire::Payloads& payloads) {
    return std::any_of(payloads.deletes.begin(), payloads.deletes.end(),
                       [](const wire::Delete& deletion) { return deletion.protocol == wire::ProtocolId::kIke; });
}

bool asks_ike_rekey(const wire::Payloads& payloads) {
    return payloads.sa && !payloads.sa->empty() && payloads.sa->front().protocol == wire::ProtocolId::kIke;
}

/// The one place where a request that is authentic meets the state of its IKE SA.
Reply answer_request(Core& core, IkeSa& sa, const Path& path, const wire::Header& header, const Opened& opened) {
    const ExchangeType exchange = header.exchange;
    const wire::Payloads& payloads = opened.payloads;
    if (payloads.unknown_critical) return refuse_critical(core, sa, *payloads.unknown_critical);
    if (const auto illegal = wire::find_illegality(exchange, false, payloads))
        return refuse_malformed(core, sa, *illegal);
    if (sa.heir_to && !deletes_ike(payloads)) accept_heir(core, sa);
    switch (exchange) {
        case ExchangeType::kIkeAuth:
            return on_auth_request(core, sa, payloads);
        case ExchangeType::kCreateChildSa:
            return asks_ike_rekey(payloads) ? on_ike_rekey_request(core, sa, payloads)
                                            : on_child_request(core, sa, payloads);
        case ExchangeType::kInformational:
            return sa.is<HalfOpen>() ? on_eap_given_up(core, sa) : on_informational_request(core, sa, path, payloads);
        case ExchangeType::kIkeIntermediate:
            return on_intermediate_request(core, sa, header, opened);
        case ExchangeType::kIkeFollowupKe:
        case ExchangeType::kIkeSaInit:
            break;
    }
    return refuse_malformed(core, sa, "an exchange that has no place here");
}

/// What a new, authentic request says of where the peer is, unless it says so itself.
void note_alive(Core& core, IkeSa& sa, const Path& path, bool says_where) {
    sa.last_inbound = core.now;
    // RFC 7296 2.23: IKE_AUTH may come from another port than IKE_SA_INIT; later on, only a peer behind a NAT moves.
    if (sa.is<HalfOpen>() || (follows_nat(sa) && !says_where)) follow_path(core, sa, path);
}

/// RFC 7383 2.6.1: of a request in fragments it is the first that asks for the answer again. They may be cut
/// differently than before.
bool is_repeated_fragment(const IkeSa& sa, const wire::Header& header, ByteView datagram) {
    if (!is_fragment(header) || !sa.in.is_answered(header.message_id) || !sa.protection) return false;
    const crypto::SkCipher& cipher = sa.open_last_request ? *sa.open_last_request : *sa.protection->open;
    const auto fragment = open_fragment(sa, header, datagram, cipher);
    return fragment && fragment->number == 1;
}

/// RFC 7296 2.1: it is repeated until it is answered.
bool waits(const IkeSa& sa) {
    const auto* half = std::get_if<HalfOpen>(&sa.state);
    return half != nullptr && half->waiting != nullptr;
}

/// The answer is sealed: where a key exchange was in it, all that follows is under new keys (RFC 9370 2.2.2).
void take_next_keys(IkeSa& sa) {
    sa.open_last_request.reset();
    if (!sa.next_protection) return;
    sa.open_last_request = std::move(sa.protection->open);
    sa.protection = std::exchange(sa.next_protection, std::nullopt);
}

void settle(Core& core, IkeSa& sa, ExchangeType exchange, WaitingRequest request, const Reply& reply) {
    if (reply.answering == Answering::kLater) {
        std::get<HalfOpen>(sa.state).waiting = std::make_unique<WaitingRequest>(std::move(request));
        return;
    }
    if (reply.answering == Answering::kIfRepeated) {
        ++core.counters.half_open_dropped;
        return;
    }
    sa.in.answered(request.fingerprint, seal(core, sa, exchange, true, request.message_id, reply.payloads),
                   reply.after);
    take_next_keys(sa);
    if (!sa.in.held()) send(core, request.path, sa.in.answer());
    pump(core, sa);
}

/// A peer that has proven nothing makes us compute a key exchange: that counts like the first one.
bool may_compute(Core& core, ExchangeType exchange) {
    if (exchange != ExchangeType::kIkeIntermediate || core.stranger_keys.take(core.now)) return true;
    ++core.counters.handshakes_dropped;
    return false;
}

}  // namespace

void on_request(Core& core, IkeSa& sa, const Path& path, const wire::Header& header, ByteView datagram) {
    const Fingerprint fingerprint = core.fingerprint(datagram);
    const auto verdict = sa.in.judge(header.message_id, fingerprint);
    const bool is_repeated = is_fragment(header) ? is_repeated_fragment(sa, header, datagram)
                                                 : verdict == IncomingWindow::Verdict::kRepeated;
    if (is_repeated) {
        // RFC 7296 2.1: the cached answer, without a look at the request. One that is held leaves in its own time.
        ++core.counters.repeated;
        if (!sa.in.held()) send(core, path, sa.in.answer());
        return;
    }
    if (waits(sa)) {
        ++core.counters.repeated;
        return;
    }
    if (verdict != IncomingWindow::Verdict::kNew || !may_ask(sa, header.exchange) || !sa.protection) {
        ++core.counters.not_expected;
        return;
    }
    const auto opened = open(core, sa, header, datagram);
    if (!opened || !may_compute(core, header.exchange)) return;
    const auto& said = *opened;
    sa.request_fragments.forget();
    note_alive(core, sa, path, said && is_address_update(sa, said->payloads));
    const Reply reply =
        said ? answer_request(core, sa, path, header, *said) : refuse_malformed(core, sa, said.error().what);
    WaitingRequest request{path, header.message_id, fingerprint, {}};
    if (reply.answering == Answering::kLater) request.payloads = said->payloads;
    settle(core, sa, header.exchange, std::move(request), reply);
}

void answer_auth(Core& core, IkeSa& sa, WaitingRequest request) {
    const Reply reply = on_auth_request(core, sa, request.payloads);
    settle(core, sa, ExchangeType::kIkeAuth, std::move(request), reply);
}

}  // namespace esplane::ike
