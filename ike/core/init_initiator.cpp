// IKE_SA_INIT as initiator (RFC 7296 1.2, 2.6, 2.7, 2.23). Its answers are unprotected: what does not fit is a hint for
// the operator, and the request goes on being repeated.

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/proposals.h"
#include "ike/wire/codec.h"
#include "ike/wire/legality.h"

namespace esplane::ike {

namespace {

constexpr std::size_t kNonceLength = 32;
constexpr std::size_t kLongestCookie = 64;  // RFC 7296 2.6
constexpr std::uint32_t kMaxCookies = 4;
constexpr std::uint32_t kMaxGroupsRefused = 3;

bool fakes_nat(const IkeSa& sa, const Tunnel& tunnel) {
    // Without knowing the local address no true hash can be made.
    return tunnel.options.force_encap || sa.path.local.address.is_unspecified();
}

InFlight build_request(Core& core, const IkeSa& sa, const Tunnel& tunnel, InitExchange exchange) {
    wire::Header header;
    header.spi_i = sa.spi_i;
    header.from_initiator = true;
    wire::Payloads payloads;
    if (!exchange.cookie.empty()) payloads.notifies.push_back(make_notify(wire::NotifyType::kCookie, exchange.cookie));
    payloads.sa = exchange.offered;
    payloads.ke = wire::Ke{static_cast<std::uint16_t>(exchange.ke->group()), exchange.ke->public_value()};
    payloads.nonce = exchange.nonce;
    for (auto& notify : nat_detection_notifies(sa.spi_i, IkeSpi{}, sa.path, fakes_nat(sa, tunnel), core.random))
        payloads.notifies.push_back(std::move(notify));
    payloads.notifies.push_back(make_notify(wire::NotifyType::kFragmentationSupported));
    const auto& proposals = tunnel.options.ike_proposals;
    if (std::any_of(proposals.begin(), proposals.end(), [](const auto& each) { return has_any(each.additional); }))
        payloads.notifies.push_back(make_notify(wire::NotifyType::kIntermediateExchangeSupported));
    if (tunnel.options.follow_redirects) payloads.notifies.push_back(make_notify(wire::NotifyType::kRedirectSupported));
    if (tunnel.redirections.to) payloads.notifies.push_back(redirected_from(*tunnel.redirections.from));
    if (tunnel.options.ppk) payloads.notifies.push_back(make_notify(wire::NotifyType::kUsePpk));
    if (tunnel.options.certificate) payloads.notifies.push_back(hash_algorithms_notify());
    InFlight flight;
    flight.type = wire::ExchangeType::kIkeSaInit;
    flight.datagrams = {wire::build_message(header, payloads)};
    flight.exchange = std::move(exchange);
    return flight;
}

/// The same request once more, with a cookie or another group; its message ID is 0 still (2.6).
void send_again(Core& core, IkeSa& sa, const Tunnel& tunnel, InitExchange exchange) {
    sa.out = OutgoingWindow();
    launch(core, sa, build_request(core, sa, tunnel, std::move(exchange)));
}

void give_up(Core& core, IkeSa& sa, Tunnel& tunnel, LastError error) {
    core.discard(sa);
    attempt_failed(core, tunnel, std::move(error));
}

void on_cookie(Core& core, IkeSa& sa, Tunnel& tunnel, InitExchange& exchange, const Bytes& cookie) {
    if (cookie.empty() || cookie.size() > kLongestCookie || exchange.cookies_taken == kMaxCookies) return;
    ++exchange.cookies_taken;
    exchange.cookie = cookie;
    InitExchange again = std::move(exchange);
    send_again(core, sa, tunnel, std::move(again));
}

void on_invalid_ke(Core& core, IkeSa& sa, Tunnel& tunnel, InitExchange& exchange, const Bytes& data) {
    if (data.size() != 2) return;
    const std::uint16_t asked = load_be<std::uint16_t>(data.data());
    const auto group = crypto::known_dh(asked);
    // RFC 7296 2.7: only a group that we proposed, or someone between us could choose for us.
    if (!group || *group == exchange.ke->group() || !offers_group(exchange.offered, *group) ||
        exchange.groups_refused == kMaxGroupsRefused)
        return give_up(core, sa, tunnel, diagnosis::group_refused(tunnel.options, sa.path.remote.address, asked));
    ++exchange.groups_refused;
    tunnel.ike_group = *group;
    exchange.ke = crypto::KeyExchange::generate(*group, core.random);
    InitExchange again = std::move(exchange);
    send_again(core, sa, tunnel, std::move(again));
}

/// An error notify in an unprotected answer. Whoever sent it could as well have kept us from being answered at all, so
/// believing it costs no more than this attempt (2.21.1).
void on_error(Core& core, IkeSa& sa, Tunnel& tunnel, const wire::Notify& error) {
    const IpAddress& peer = sa.path.remote.address;
    if (error.is(wire::NotifyType::kNoProposalChosen))
        return give_up(core, sa, tunnel, diagnosis::ike_proposals_refused(tunnel.options, peer));
    give_up(core, sa, tunnel, diagnosis::error_answered(tunnel.options, peer, "IKE_SA_INIT", error));
}

/// Why this answer cannot be gone on with; empty when all is well.
std::optional<std::string> make_keys(IkeSa& sa, const InitExchange& exchange, const wire::Header& header,
                                     const wire::Payloads& payloads) {
    const auto chosen = accept_ike(*payloads.sa, exchange.offered);
    if (!chosen) return "its IKE_SA_INIT response chooses a proposal that was not offered";
    const auto group = static_cast<std::uint16_t>(exchange.ke->group());
    if (chosen->suite.dh != exchange.ke->group() || payloads.ke->group != group)
        return "its IKE_SA_INIT response has a key exchange of another group than the proposal it chose";
    if (!in_order(chosen->suite.additional).empty() &&
        payloads.find(wire::NotifyType::kIntermediateExchangeSupported) == nullptr)
        return "its IKE_SA_INIT response chooses additional key exchanges without IKE_INTERMEDIATE to make them in";
    if (*payloads.nonce == exchange.nonce) return "its IKE_SA_INIT response has our own nonce";
    const auto shared = exchange.ke->derive(payloads.ke->value);
    if (!shared) return "its public key exchange value is illegal";
    auto keys = derive_ike_keys(chosen->suite, *shared, {exchange.nonce, *payloads.nonce}, sa.spi_i, header.spi_r);
    sa.protection = protect(chosen->suite, std::move(keys), true);
    if (!sa.protection) return "the suite it chose has no cipher here";
    sa.suite = chosen->suite;
    sa.spi_r = header.spi_r;
    return std::nullopt;
}

/// RFC 7296 2.23: behind a NAT, and wherever ESP goes in UDP, both ends move to port 4500.
void move_to_natt(Core& core, IkeSa& sa, const Tunnel& tunnel, const wire::Payloads& payloads, const Path& path) {
    const bool faked = fakes_nat(sa, tunnel);
    if (sa.path.local.address.is_unspecified()) sa.path.local.address = path.local.address;
    sa.nat = detect_nat(payloads, sa.spi_i, sa.spi_r, path);
    sa.udp_encapsulation = sa.nat.supported && (sa.nat.any() || faked);
    if (!sa.udp_encapsulation || sa.path.local.port == core.options.natt_port) return;
    sa.path.local.port = core.options.natt_port;
    sa.path.remote.port = core.options.natt_port;
}

void on_answer(Core& core, IkeSa& sa, Tunnel& tunnel, const Path& path, const wire::Header& header,
               const wire::Payloads& payloads, ByteView datagram) {
    InitExchange& exchange = *sa.out.in_flight_as<InitExchange>();
    auto refused = wire::find_illegality(wire::ExchangeType::kIkeSaInit, true, payloads);
    if (!refused && !(payloads.sa && payloads.ke && payloads.nonce && to_number(header.spi_r) != 0))
        refused = "its IKE_SA_INIT response lacks a payload or its SPI";
    if (!refused) refused = make_keys(sa, exchange, header, payloads);
    if (refused) {
        exchange.hint = diagnosis::protocol_error(tunnel.options, path.remote.address, *refused);
        return;
    }
    InFlight flight = *sa.out.land();
    core.cancel(Timer::kRetransmit, sa);
    Transcript transcript;
    transcript.request = std::move(flight.datagrams.front());
    transcript.response = to_bytes(datagram);
    transcript.nonce_i = std::move(std::get<InitExchange>(flight.exchange).nonce);
    transcript.nonce_r = *payloads.nonce;
    move_to_natt(core, sa, tunnel, payloads, path);
    sa.peer_hashes = announced_hashes(payloads);
    sa.peer_uses_ppk = payloads.find(wire::NotifyType::kUsePpk) != nullptr;
    sa.peer_takes_childless = payloads.find(wire::NotifyType::kChildlessIkev2Supported) != nullptr;
    sa.fragmentation = payloads.find(wire::NotifyType::kFragmentationSupported) != nullptr;
    begin_intermediates(core, sa, std::move(transcript));
}

}  // namespace

void start_init(Core& core, Tunnel& tunnel) {
    const IpAddress peer = tunnel.gateway();
    auto made = std::make_unique<IkeSa>();
    made->initiator = true;
    made->state = Connecting{};
    made->spi_i = core.fresh_ike_spi();
    made->tunnel = tunnel.id();
    made->path.local = {tunnel.options.local_address.value_or(IpAddress::any(peer.family())), core.options.ike_port};
    made->path.remote = {peer, core.options.ike_port};
    made->last_inbound = core.now;
    IkeSa& sa = core.add_ike_sa(std::move(made));
    tunnel.ike_sas.push_back(sa.local_spi());

    InitExchange exchange;
    exchange.offered = offer_ike(tunnel.options.ike_proposals, {});
    const crypto::DhId first = tunnel.options.ike_proposals.front().dh.front();
    const crypto::DhId group =
        tunnel.ike_group && offers_group(exchange.offered, *tunnel.ike_group) ? *tunnel.ike_group : first;
    exchange.ke = crypto::KeyExchange::generate(group, core.random);
    exchange.nonce = core.random.bytes(kNonceLength);
    launch(core, sa, build_request(core, sa, tunnel, std::move(exchange)));
}

void on_init_response(Core& core, const Path& path, const wire::Header& header, ByteView datagram) {
    IkeSa* sa = core.ike_sa(header.spi_i);
    Tunnel* tunnel = sa == nullptr ? nullptr : core.tunnel_of(*sa);
    if (tunnel == nullptr || !sa->is<Connecting>() || !sa->out.awaits(header) ||
        path.remote.address != sa->path.remote.address) {
        ++core.counters.not_expected;
        return;
    }
    const auto payloads = wire::parse_payloads(header.first_payload, datagram.subspan(wire::kHeaderLength));
    if (!payloads || payloads->unknown_critical) {
        ++core.counters.malformed;
        return;
    }
    InitExchange& exchange = *sa->out.in_flight_as<InitExchange>();
    const wire::Notify* error = payloads->first_error();
    if (error != nullptr && error->is(wire::NotifyType::kInvalidKePayload))
        return on_invalid_ke(core, *sa, *tunnel, exchange, error->data);
    if (error != nullptr) return on_error(core, *sa, *tunnel, *error);
    const wire::Notify* redirect = payloads->find(wire::NotifyType::kRedirect);
    if (redirect != nullptr && !payloads->sa) return on_init_redirect(core, *sa, *tunnel, exchange.nonce, *redirect);
    const wire::Notify* cookie = payloads->find(wire::NotifyType::kCookie);
    if (cookie != nullptr && !payloads->sa) return on_cookie(core, *sa, *tunnel, exchange, cookie->data);
    on_answer(core, *sa, *tunnel, path, header, *payloads, datagram);
}

}  // namespace esplane::ike
