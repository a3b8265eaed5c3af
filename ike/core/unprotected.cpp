// Messages without the protection of an IKE SA, after IKE_SA_INIT. Anyone can send them, so they are hints: at most we
// ask the peer, inside the IKE SA, whether it is still there (RFC 7296 1.5, 2.4, 2.21.4). The exception is a token that
// the peer itself gave us for the day when it has lost the SA (RFC 6290).

#include <algorithm>

#include "ike/core/crash_token.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/wire/codec.h"

namespace esplane::ike {

namespace {

using wire::ExchangeType;
using wire::NotifyType;

Result<wire::Payloads, wire::ParseError> parse(const wire::Header& header, ByteView datagram) {
    return wire::parse_payloads(header.first_payload, datagram.subspan(wire::kHeaderLength));
}

void ask_whether_alive(Core& core, IkeSa& sa) {
    if (sa.is<Established>() && sa.out.in_flight() == nullptr) enqueue(core, sa, CheckLiveness{});
}

/// The peer has lost all it had of this IKE SA, and says so with what only it can know.
void peer_restarted(Core& core, IkeSa& sa) {
    Tunnel* tunnel = core.tunnel_of(sa);
    const bool served = sa.is<Established>();
    end_ike(core, sa);
    if (!served || tunnel == nullptr) return;
    connection_lost(core, *tunnel, diagnosis::peer_restarted(tunnel->options, sa.path.remote), Next::kByDpdAction);
}

/// RFC 7296 2.21.2: an unprotected error is no answer to IKE_AUTH, but the operator hears of it if none comes.
void note_hint(const Core& core, IkeSa& sa, const wire::Notify& error) {
    const Tunnel* tunnel = sa.tunnel ? core.tunnels.find(*sa.tunnel) : nullptr;
    if (tunnel == nullptr) return;
    const auto hint = [&](std::string_view exchange) {
        return diagnosis::error_answered(tunnel->options, sa.path.remote.address, exchange, error);
    };
    if (auto* exchange = sa.out.in_flight_as<AuthExchange>()) exchange->hint = hint("IKE_AUTH, unprotected,");
    if (auto* exchange = sa.out.in_flight_as<IntermediateExchange>())
        exchange->hint = hint("IKE_INTERMEDIATE, unprotected,");
}

/// RFC 7296 1.5: the peer got ESP that it has no SA for. Which one it was, only its own packets' sender knows.
void on_invalid_spi(Core& core, const Path& path, const wire::Notify& notify) {
    // The search, too, is something that a stranger makes us do.
    if (notify.data.size() != 4 || !core.stranger_hints.take(core.now)) return;
    const dataplane::Spi spi{load_be<std::uint32_t>(notify.data.data())};
    for (const Tunnel* tunnel : core.tunnels.candidates(path)) {
        for (const ChildSa* child : core.children_of(tunnel->id())) {
            IkeSa* sa = child->spi_out == spi ? core.ike_sa(child->ike) : nullptr;
            if (sa != nullptr && sa->path.remote.address == path.remote.address) return ask_whether_alive(core, *sa);
        }
    }
}

/// RFC 6290 4.5: with the token that belongs to these SPIs. Not for the SPI of an IKE SA that there is, in either role:
/// the token would end it at the peer (RFC 6290 9.2).
void tell_invalid_ike_spi(Core& core, const Path& path, const wire::Header& request) {
    if (core.ike_sa(request.spi_i) != nullptr || core.ike_sa(request.spi_r) != nullptr) return;
    const wire::Notify unknown = make_notify(NotifyType::kInvalidIkeSpi);
    if (!core.options.crash_secret) return answer_stranger(core, path, request, {unknown});
    if (!core.crash_tokens.take(core.now)) return;
    wire::Notify token =
        make_notify(NotifyType::kQcdToken, crash_token(*core.options.crash_secret, request.spi_i, request.spi_r));
    token.protocol = wire::ProtocolId::kIke;
    answer_unprotected(core, path, request, {unknown, std::move(token)});
}

/// Where IKE of whoever sent this ESP is found.
Path ike_path(const Core& core, Path path) {
    if (path.remote.port == 0) path.local.port = path.remote.port = core.options.ike_port;
    return path;
}

IkeSa* established_with(Core& core, const Path& path) {
    IkeSa* found = nullptr;
    core.tunnels.find_candidate(path, [&](const Tunnel& tunnel) {
        for (const IkeSpi spi : tunnel.ike_sas) {
            IkeSa* sa = core.ike_sa(spi);
            if (sa->is<Established>() && sa->path.remote.address == path.remote.address) found = sa;
        }
        return found != nullptr;
    });
    return found;
}

}  // namespace

void on_unprotected_answer(Core& core, IkeSa& sa, const wire::Header& header, ByteView datagram) {
    ++core.counters.bad_icv;
    const auto payloads = parse(header, datagram);
    const wire::Notify* error = payloads ? payloads->first_error() : nullptr;
    if (error == nullptr) return;
    if (shows_crash_token(sa, *payloads)) return peer_restarted(core, sa);
    note_hint(core, sa, *error);
    if (error->is(NotifyType::kInvalidIkeSpi) && core.stranger_hints.take(core.now)) ask_whether_alive(core, sa);
}

void on_unknown_ike_sa(Core& core, const Path& path, const wire::Header& header, ByteView datagram) {
    if (header.is_response) return;
    if (wire::is_protected(header)) return tell_invalid_ike_spi(core, path, header);
    if (header.exchange != ExchangeType::kInformational || header.message_id != 0) return;
    const auto payloads = parse(header, datagram);
    const wire::Notify* notify = payloads ? payloads->find(NotifyType::kInvalidSpi) : nullptr;
    if (notify != nullptr) on_invalid_spi(core, path, *notify);
}

void on_unknown_esp(Core& core, const Path& path, dataplane::Spi spi) {
    const Path to = ike_path(core, path);
    const bool is_peer = core.tunnels.find_candidate(to, [](const Tunnel&) { return true; }) != nullptr;
    if (!is_peer || !core.stranger_hints.take(core.now)) return;
    if (IkeSa* sa = established_with(core, to)) return enqueue(core, *sa, TellInvalidSpi{spi});
    wire::Header header;
    header.spi_i = core.fresh_ike_spi();
    header.exchange = ExchangeType::kInformational;
    header.from_initiator = true;
    wire::Payloads payloads;
    payloads.notifies.push_back(make_notify(NotifyType::kInvalidSpi, spi_octets(spi)));
    send(core, to, wire::build_message(header, payloads));
}

}  // namespace esplane::ike
