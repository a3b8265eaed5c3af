// IKE_SA_INIT as responder (RFC 7296 1.2, 2.6, 2.7). Nothing is known of the peer but its address, and even that only
// after a cookie: what it can make us keep or compute is bounded.

#include <algorithm>

#include "ike/core/authentication.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/proposals.h"
#include "ike/wire/codec.h"
#include "ike/wire/legality.h"

namespace esplane::ike {

namespace {

constexpr std::size_t kNonceLength = 32;

struct Request {
    const Path& path;
    const wire::Header& header;
    const wire::Payloads& payloads;
    ByteView datagram;
    Fingerprint fingerprint;
};

Bytes as_octets(crypto::DhId group) {
    Bytes octets(2);
    store_be(octets.data(), static_cast<std::uint16_t>(group));
    return octets;
}

wire::Header answer_header(const wire::Header& request, IkeSpi spi_r) {
    wire::Header header;
    header.spi_i = request.spi_i;
    header.spi_r = spi_r;
    header.exchange = request.exchange;
    header.is_response = true;
    header.message_id = request.message_id;
    return header;
}

/// True when the request may go on: it carries our cookie, or none is needed now.
bool cookie_settled(Core& core, const Request& request) {
    if (core.half_open.size() < core.options.cookie_threshold) return true;
    const Bytes& nonce = *request.payloads.nonce;
    const IpAddress& peer = request.path.remote.address;
    const wire::Notify* cookie = request.payloads.find(wire::NotifyType::kCookie);
    if (cookie != nullptr && core.cookies.is_ours(core.now, cookie->data, nonce, peer, request.header.spi_i))
        return true;
    ++core.counters.cookies_asked;
    wire::Payloads answer;
    answer.notifies.push_back(
        make_notify(wire::NotifyType::kCookie, core.cookies.bake(core.now, nonce, peer, request.header.spi_i)));
    send(core, request.path, wire::build_message(answer_header(request.header, IkeSpi{}), answer));
    return false;
}

/// The tunnels are not told apart yet, so the error is noted with each that could have been meant.
void refuse_proposals(Core& core, const Request& request, const std::vector<Tunnel*>& candidates) {
    answer_stranger(core, request.path, request.header, {make_notify(wire::NotifyType::kNoProposalChosen)});
    const bool said = core.stranger_reports.take(core.now);
    for (Tunnel* tunnel : candidates) {
        note_stranger_error(
            core, *tunnel,
            diagnosis::no_common_ike_proposal(tunnel->options, request.path.remote.address, *request.payloads.sa),
            said && tunnel == candidates.front());
    }
}

bool asks_additional(const wire::Proposal& proposal) {
    return std::any_of(proposal.transforms.begin(), proposal.transforms.end(),
                       [](const wire::Transform& transform) { return is_additional(transform.type); });
}

std::optional<Chosen<IkeSuite>> choose_suite(const Request& request, const std::vector<Tunnel*>& candidates) {
    // RFC 7296 3.3.1: in the first exchange a proposal has no SPI; that of the IKE SA stands in the header.
    std::vector<wire::Proposal> offered = *request.payloads.sa;
    std::erase_if(offered, [](const wire::Proposal& proposal) { return !proposal.spi.empty(); });
    // RFC 9370 2.2.1: without IKE_INTERMEDIATE there is nothing that additional key exchanges could be made in.
    if (request.payloads.find(wire::NotifyType::kIntermediateExchangeSupported) == nullptr)
        std::erase_if(offered, asks_additional);
    for (const Tunnel* tunnel : candidates) {
        auto chosen = choose_ike(offered, tunnel->options.ike_proposals);
        if (chosen) return chosen;
    }
    return std::nullopt;
}

void add_half_open(Core& core, const Request& request, const std::vector<Tunnel*>& candidates,
                   const Chosen<IkeSuite>& chosen, const crypto::KeyExchangeAnswer& ke) {
    auto sa = std::make_unique<IkeSa>();
    sa->spi_i = request.header.spi_i;
    sa->spi_r = core.fresh_ike_spi();
    sa->path = request.path;
    sa->suite = chosen.suite;
    sa->in = IncomingWindow(1);
    sa->last_inbound = core.now;
    sa->nat = detect_nat(request.payloads, sa->spi_i, IkeSpi{}, request.path);

    HalfOpen half;
    half.init_request = request.fingerprint;
    half.transcript = {to_bytes(request.datagram), {}, *request.payloads.nonce, core.random.bytes(kNonceLength)};
    half.additional = in_order(chosen.suite.additional);
    bool force_encap = false;
    for (const Tunnel* tunnel : candidates) {
        half.candidates.push_back(tunnel->id());
        force_encap = force_encap || tunnel->options.force_encap;
    }
    sa->udp_encapsulation = sa->nat.supported && (sa->nat.any() || force_encap);

    const Nonces nonces{half.transcript.nonce_i, half.transcript.nonce_r};
    sa->protection = protect(sa->suite, derive_ike_keys(sa->suite, ke.shared, nonces, sa->spi_i, sa->spi_r), false);
    if (!sa->protection) return;

    wire::Payloads answer;
    answer.sa = std::vector<wire::Proposal>{chosen.answer};
    answer.ke = wire::Ke{static_cast<std::uint16_t>(chosen.suite.dh), ke.public_value};
    answer.nonce = half.transcript.nonce_r;
    if (sa->nat.supported)
        answer.notifies = nat_detection_notifies(sa->spi_i, sa->spi_r, request.path, force_encap, core.random);
    sa->peer_hashes = announced_hashes(request.payloads);
    sa->peer_uses_ppk = request.payloads.find(wire::NotifyType::kUsePpk) != nullptr;
    const bool has_ppk = std::any_of(candidates.begin(), candidates.end(),
                                     [](const Tunnel* tunnel) { return tunnel->options.ppk != nullptr; });
    if (sa->peer_uses_ppk && has_ppk) answer.notifies.push_back(make_notify(wire::NotifyType::kUsePpk));
    for (const Tunnel* tunnel : candidates)
        put_certificate_requests(tunnel->options, answer);
    if (!answer.cert_requests.empty()) answer.notifies.push_back(hash_algorithms_notify());
    answer.notifies.push_back(make_notify(wire::NotifyType::kChildlessIkev2Supported));
    sa->fragmentation = request.payloads.find(wire::NotifyType::kFragmentationSupported) != nullptr;
    if (sa->fragmentation) answer.notifies.push_back(make_notify(wire::NotifyType::kFragmentationSupported));
    if (!half.additional.empty())
        answer.notifies.push_back(make_notify(wire::NotifyType::kIntermediateExchangeSupported));
    half.transcript.response = wire::build_message(answer_header(request.header, sa->spi_r), answer);
    send(core, request.path, half.transcript.response);

    core.half_open.add(request.fingerprint, sa->spi_r, request.path.remote.address);
    sa->state = std::move(half);
    core.arm(Timer::kDiscard, core.add_ike_sa(std::move(sa)), core.options.half_open_timeout);
}

/// Asked after cookies: the address is the peer's own unless few are half-open.
bool has_room(const Core& core, const IpAddress& source) {
    return core.half_open.size() < core.options.half_open_limit &&
           core.half_open.size_of_source(source) < core.options.half_open_of_source;
}

void answer_fresh(Core& core, const Request& request) {
    const std::vector<Tunnel*> candidates = core.tunnels.candidates(request.path);
    if (candidates.empty() || core.shutting_down) {
        ++core.counters.strangers_refused;
        answer_stranger(core, request.path, request.header, {make_notify(wire::NotifyType::kNoProposalChosen)});
        if (!core.stranger_reports.take(core.now)) return;
        LastError error = diagnosis::no_tunnel(request.path);
        return core.report(Severity::kWarning, nullptr, std::move(error.code), std::move(error.message));
    }
    if (!cookie_settled(core, request)) return;
    if (!has_room(core, request.path.remote.address)) {
        ++core.counters.half_open_dropped;
        return;
    }
    const auto chosen = choose_suite(request, candidates);
    if (!chosen) return refuse_proposals(core, request, candidates);
    // RFC 7296 1.2: the group of the proposal that we choose must be that of the KE payload; no state is kept.
    if (request.payloads.ke->group != static_cast<std::uint16_t>(chosen->suite.dh)) {
        // Not rate limited: it costs us nothing, is shorter than the request, and many peers may start at once.
        return answer_unprotected(core, request.path, request.header,
                                  {make_notify(wire::NotifyType::kInvalidKePayload, as_octets(chosen->suite.dh))});
    }
    // What it costs is the same whether the peer is honest or not; those that are repeat their request.
    if (!core.stranger_keys.take(core.now)) {
        ++core.counters.handshakes_dropped;
        return;
    }
    const auto ke = crypto::answer_key_exchange(chosen->suite.dh, request.payloads.ke->value, core.random);
    if (!ke) {
        ++core.counters.malformed;
        return answer_stranger(core, request.path, request.header, {make_notify(wire::NotifyType::kInvalidSyntax)});
    }
    add_half_open(core, request, candidates, *chosen, *ke);
}

}  // namespace

void answer_unprotected(Core& core, const Path& path, const wire::Header& request, std::vector<wire::Notify> notifies) {
    wire::Payloads payloads;
    payloads.notifies = std::move(notifies);
    wire::Header header = answer_header(request, request.spi_r);
    header.from_initiator = !request.from_initiator;
    send(core, path, wire::build_message(header, payloads));
}

void answer_stranger(Core& core, const Path& path, const wire::Header& request, std::vector<wire::Notify> notifies) {
    if (core.stranger_replies.take(core.now)) answer_unprotected(core, path, request, std::move(notifies));
}

void on_init_request(Core& core, const Path& path, const wire::Header& header, ByteView datagram) {
    const Fingerprint fingerprint = core.fingerprint(datagram, path.remote.address.octets());
    if (const auto known = core.half_open.find(fingerprint)) {
        // RFC 7296 2.1: the same request gets the same answer.
        ++core.counters.repeated;
        if (const auto* half = std::get_if<HalfOpen>(&core.ike_sa(*known)->state))
            send(core, path, half->transcript.response);
        return;
    }
    // Our own request, reflected.
    if (core.ike_sa(header.spi_i) != nullptr) {
        ++core.counters.not_expected;
        return;
    }
    const auto payloads = wire::parse_payloads(header.first_payload, datagram.subspan(wire::kHeaderLength));
    if (!payloads) {
        ++core.counters.malformed;
        return answer_stranger(core, path, header, {make_notify(wire::NotifyType::kInvalidSyntax)});
    }
    if (payloads->unknown_critical) {
        // RFC 7296 2.5.
        return answer_stranger(
            core, path, header,
            {make_notify(wire::NotifyType::kUnsupportedCriticalPayload, {*payloads->unknown_critical})});
    }
    const bool complete = payloads->sa && payloads->ke && payloads->nonce;
    if (!complete || wire::find_illegality(header.exchange, false, *payloads)) {
        ++core.counters.malformed;
        return answer_stranger(core, path, header, {make_notify(wire::NotifyType::kInvalidSyntax)});
    }
    answer_fresh(core, {path, header, *payloads, datagram, fingerprint});
}

}  // namespace esplane::ike
