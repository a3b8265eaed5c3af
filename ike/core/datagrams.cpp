// The way of a datagram into the engine: by its header to an IKE SA, and an answer to the request that waits for it.

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/mobike.h"
#include "ike/core/opening.h"
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
std::optional<std::string> find_fault(const Result<Opened, wire::ParseError>& opened, ExchangeType exchange) {
    if (!opened) return opened.error().what;
    const wire::Payloads& payloads = opened->payloads;
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
    if (!opened) return;
    sa.response_fragments.forget();
    InFlight flight = *sa.out.land();
    core.cancel(Timer::kRetransmit, sa);
    sa.last_inbound = core.now;
    if (const auto fault = find_fault(*opened, header.exchange)) return on_fatal_error(core, sa, *fault);
    std::visit(Answered{core, sa, header, **opened}, flight.exchange);
    if (sa.is<Established>() && sa.out.ids_running_out()) enqueue(core, sa, RekeyIke{});
    pump(core, sa);
}

}  // namespace

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
