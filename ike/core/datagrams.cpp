// The way of a datagram into the engine: header, IKE SA, window, ICV, state, and only then the payloads.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/wire/codec.h"
#include "ike/wire/legality.h"

namespace esplane::ike {

namespace {

using wire::ExchangeType;

/// Major versions above ours are told what we speak (RFC 7296 2.5); IKEv1 is not answered at all.
void on_bad_header(Core& core, const Path& path, ByteView datagram, const wire::ParseError& error) {
    const auto header = wire::peek_header(datagram);
    if (error.kind != wire::ParseErrorKind::kBadVersion || !header) {
        ++core.counters.malformed;
        return;
    }
    ++core.counters.wrong_version;
    // An answer to SPI 0 would itself be no IKE message (3.1).
    if (header->major_version > 2 && !header->is_response && to_number(header->spi_i) != 0)
        answer_stranger(core, path, *header, {make_notify(wire::NotifyType::kInvalidMajorVersion)});
}

void on_init(Core& core, const Path& path, const wire::Header& header, ByteView datagram) {
    const bool fresh = header.from_initiator && to_number(header.spi_r) == 0;
    if (header.message_id != 0 || (header.is_response == header.from_initiator) || (!header.is_response && !fresh)) {
        ++core.counters.not_expected;
        return;
    }
    if (header.is_response) return on_init_response(core, path, header, datagram);
    on_init_request(core, path, header, datagram);
}

bool unauthenticated(const wire::ParseError& error) {
    return error.kind == wire::ParseErrorKind::kBadIcv || error.kind == wire::ParseErrorKind::kMissingSk ||
           error.kind == wire::ParseErrorKind::kBadFragment;
}

bool is_fragment(const wire::Header& header) {
    return header.first_payload == wire::PayloadType::kSkf;
}

Result<wire::Fragment, wire::ParseError> open_fragment(const IkeSa& sa, const wire::Header& header, ByteView datagram,
                                                       const crypto::SkCipher& cipher) {
    if (!sa.fragmentation)
        return Failure{wire::ParseError{wire::ParseErrorKind::kBadFragment, "fragments were not agreed on"}};
    return wire::open_fragment(header, datagram, cipher);
}

/// The message, if it is whole; empty while fragments of it are missing.
Result<std::optional<wire::Chain>, wire::ParseError> open_whole(Core& core, IkeSa& sa, const wire::Header& header,
                                                                ByteView datagram) {
    const crypto::SkCipher& cipher = *sa.protection->open;
    if (!is_fragment(header)) {
        auto chain = wire::open_chain(header, datagram, cipher);
        if (!chain) return Failure{chain.error()};
        return std::optional(*std::move(chain));
    }
    Fragments& fragments = header.is_response ? sa.response_fragments : sa.request_fragments;
    auto fragment = open_fragment(sa, header, datagram, cipher);
    if (!fragment) return Failure{fragment.error()};
    fragments.add(header.message_id, *std::move(fragment), sa.is<HalfOpen>() ? &core.half_open_fragments : nullptr);
    if (!fragments.are_complete()) return std::optional<wire::Chain>();
    wire::Fragment whole = fragments.join();
    return std::optional(wire::Chain{whole.first_payload, std::move(whole.text)});
}

/// What it says.
Result<std::optional<Opened>, wire::ParseError> open(Core& core, IkeSa& sa, const wire::Header& header,
                                                     ByteView datagram) {
    auto chain = open_whole(core, sa, header, datagram);
    if (!chain) return Failure{chain.error()};
    if (!*chain) return std::optional<Opened>();
    auto payloads = wire::parse_payloads((*chain)->first, (*chain)->text);
    if (!payloads) return Failure{payloads.error()};
    return std::optional(Opened{*std::move(payloads), **std::move(chain)});
}

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

void answer(Core& core, IkeSa& sa, ExchangeType exchange, const WaitingRequest& request, const Reply& reply) {
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
    if (!opened && unauthenticated(opened.error())) {
        ++core.counters.bad_icv;
        return;
    }
    if (opened && !*opened) return;
    if (!may_compute(core, header.exchange)) return;
    sa.request_fragments.forget();
    note_alive(core, sa, path, opened && is_address_update(sa, (*opened)->payloads));
    Reply reply =
        opened ? answer_request(core, sa, path, header, **opened) : refuse_malformed(core, sa, opened.error().what);
    if (reply.later) {
        std::get<HalfOpen>(sa.state).waiting =
            std::make_unique<WaitingRequest>(WaitingRequest{path, header.message_id, fingerprint, (*opened)->payloads});
        return;
    }
    answer(core, sa, header.exchange, {path, header.message_id, fingerprint, {}}, reply);
}

struct Answered {
    Core& core;
    IkeSa& sa;
    const wire::Header& header;
    const Opened& opened;
    const wire::Payloads& payloads = opened.payloads;

    void operator()(InitExchange&) const {}  // its answers are unprotected and do not come this way
    void operator()(IntermediateExchange& exchange) const {
        on_intermediate_response(core, sa, std::move(exchange), header, opened);
    }
    void operator()(AuthExchange& exchange) const { on_auth_response(core, sa, std::move(exchange), payloads); }
    void operator()(ChildExchange& exchange) const { on_child_response(core, sa, std::move(exchange), payloads); }
    void operator()(IkeRekeyExchange& exchange) const {
        on_ike_rekey_response(core, sa, std::move(exchange), payloads);
    }
    void operator()(ChildDeletion& exchange) const { on_child_deletion_response(core, exchange); }
    void operator()(IkeDeletion&) const { finish_deletion(core, sa); }
    void operator()(LivenessExchange& exchange) const { on_liveness_response(core, sa, exchange, payloads); }
    void operator()(NoticeExchange&) const {}
    void operator()(AddressUpdate& exchange) const { on_address_update_response(core, sa, exchange, payloads); }
    void operator()(RouteCheck& exchange) const { on_route_check_response(core, sa, exchange, payloads); }
};

/// Empty when the answer can be gone on with.
std::optional<std::string> find_fault(const Result<std::optional<Opened>, wire::ParseError>& opened,
                                      ExchangeType exchange) {
    if (!opened) return opened.error().what;
    const wire::Payloads& payloads = (*opened)->payloads;
    if (payloads.unknown_critical) return "its answer has a critical payload of a type that we do not know";
    return wire::find_illegality(exchange, true, payloads);
}

void on_response(Core& core, IkeSa& sa, const wire::Header& header, ByteView datagram) {
    if (!wire::is_protected(header)) return on_unprotected_answer(core, sa, header, datagram);
    if (!sa.out.awaits(header) || !sa.protection) {
        ++core.counters.not_expected;
        return;
    }
    const auto opened = open(core, sa, header, datagram);
    if (!opened && unauthenticated(opened.error())) {
        ++core.counters.bad_icv;
        return;
    }
    if (opened && !*opened) return;
    sa.response_fragments.forget();
    InFlight flight = *sa.out.land();
    core.cancel(Timer::kRetransmit, sa);
    sa.last_inbound = core.now;
    if (const auto fault = find_fault(opened, header.exchange)) return on_fatal_error(core, sa, *fault);
    std::visit(Answered{core, sa, header, **opened}, flight.exchange);
    if (sa.is<Established>() && sa.out.ids_running_out()) enqueue(core, sa, RekeyIke{});
    pump(core, sa);
}

}  // namespace

void answer_auth(Core& core, IkeSa& sa, const WaitingRequest& request) {
    Reply reply = on_auth_request(core, sa, request.payloads);
    if (reply.later) {
        std::get<HalfOpen>(sa.state).waiting = std::make_unique<WaitingRequest>(request);
        return;
    }
    answer(core, sa, ExchangeType::kIkeAuth, request, reply);
}

void on_datagram(Core& core, const Path& path, ByteView datagram) {
    ++core.counters.datagrams;
    const auto header = wire::parse_header(datagram);
    if (!header) return on_bad_header(core, path, datagram, header.error());
    if (header->exchange == ExchangeType::kIkeSaInit) return on_init(core, path, *header, datagram);
    IkeSa* sa = core.ike_sa(header->from_initiator ? header->spi_r : header->spi_i);
    // A message of our own that came back has our own role in it, or the SPIs the wrong way round.
    if (sa == nullptr || sa->initiator == header->from_initiator || sa->spi_i != header->spi_i ||
        sa->spi_r != header->spi_r) {
        ++core.counters.unknown_sa;
        return on_unknown_ike_sa(core, path, *header, datagram);
    }
    if (header->is_response) return on_response(core, *sa, *header, datagram);
    on_request(core, *sa, path, *header, datagram);
}

}  // namespace esplane::ike
