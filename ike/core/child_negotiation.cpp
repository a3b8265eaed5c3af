// What the SA, TSi and TSr payloads say about a CHILD_SA (RFC 7296 2.7, 2.9, 2.17).

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"
#include "ike/core/narrowing.h"
#include "ike/core/proposals.h"

namespace esplane::ike {

namespace {

/// RFC 4303 2.2.1: the upper half of the number is inferred from the window, so there is no ESN without one.
bool esn_allowed(const Tunnel& tunnel) {
    return tunnel.options.esn && tunnel.options.replay_window != 0;
}

std::optional<dataplane::Spi> esp_spi(const Bytes& octets) {
    if (octets.size() != 4) return std::nullopt;
    const auto number = load_be<std::uint32_t>(octets.data());
    // RFC 4303 2.1: 0 to 255 are reserved; 0 must not be sent on the wire at all.
    if (number < dataplane::kLowestSpi) return std::nullopt;
    return dataplane::Spi{number};
}

/// RFC 7296 2.23.1: behind a NAT the addresses of the inner packet would be others than ours. Not built.
bool allows_transport(const Tunnel& tunnel, const IkeSa& sa) {
    return tunnel.options.mode == dataplane::Mode::kTransport && !sa.udp_encapsulation;
}

bool asks_transport(const wire::Payloads& payloads) {
    return payloads.find(wire::NotifyType::kUseTransportMode) != nullptr;
}

/// RFC 7296 3.10.1: said with the SA payload, for this CHILD_SA.
bool accepts_tfc(const wire::Payloads& payloads) {
    return payloads.find(wire::NotifyType::kEspTfcPaddingNotSupported) == nullptr;
}

dataplane::Mode mode_of(bool transport) {
    return transport ? dataplane::Mode::kTransport : dataplane::Mode::kTunnel;
}

}  // namespace

Bytes spi_octets(dataplane::Spi spi) {
    Bytes octets(4);
    store_be(octets.data(), dataplane::to_number(spi));
    return octets;
}

ChildOffer make_child_offer(Core& core, const IkeSa& sa, const Tunnel& tunnel, std::uint32_t policy, bool with_dh) {
    ChildOffer offer;
    offer.policy = policy;
    offer.spi_in = core.spis.lease(core.random, tunnel.options.worker);
    offer.proposals =
        offer_esp(tunnel.options.esp_proposals, spi_octets(offer.spi_in.spi()), with_dh, esn_allowed(tunnel));
    offer.selectors = tunnel.selectors(policy);
    offer.transport = allows_transport(tunnel, sa);
    return offer;
}

void put_child_offer(wire::Payloads& payloads, const ChildOffer& offer) {
    payloads.sa = offer.proposals;
    payloads.ts_i = wire::TrafficSelectors{offer.selectors.local, 0};
    payloads.ts_r = wire::TrafficSelectors{offer.selectors.remote, 0};
    if (offer.transport) payloads.notifies.push_back(make_notify(wire::NotifyType::kUseTransportMode));
}

void put_child_answer(wire::Payloads& payloads, const ChildChoice& choice, dataplane::Spi spi_in) {
    wire::Proposal answer = choice.answer;
    answer.spi = spi_octets(spi_in);
    payloads.sa = std::vector<wire::Proposal>{std::move(answer)};
    payloads.ts_i = wire::TrafficSelectors{choice.selectors.remote, 0};
    payloads.ts_r = wire::TrafficSelectors{choice.selectors.local, 0};
    if (choice.mode == dataplane::Mode::kTransport)
        payloads.notifies.push_back(make_notify(wire::NotifyType::kUseTransportMode));
}

std::optional<std::uint32_t> match_policy(const TunnelOptions& tunnel, const wire::Payloads& payloads) {
    if (!payloads.ts_i || !payloads.ts_r) return std::nullopt;
    const dataplane::SelectorPair offered{payloads.ts_r->entries, payloads.ts_i->entries};
    std::optional<std::uint32_t> first;
    for (std::uint32_t policy = 0; policy < tunnel.children.size(); ++policy) {
        const dataplane::SelectorPair& configured = tunnel.children[policy].selectors;
        if (within_offer(configured, offered) && within_offer(offered, configured)) return policy;
        if (!first && narrow(configured, *payloads.ts_r, *payloads.ts_i)) first = policy;
    }
    return first;
}

Result<ChildChoice, Refusal> choose_child(const Tunnel& tunnel, const IkeSa& sa, const wire::Payloads& payloads,
                                          std::optional<std::uint32_t> policy, bool with_dh) {
    const IpAddress& peer = sa.path.remote.address;
    if (!payloads.sa || !payloads.ts_i || !payloads.ts_r) {
        return Failure{Refusal{wire::NotifyType::kInvalidSyntax,
                               diagnosis::protocol_error(tunnel.options, peer, "SA, TSi or TSr is missing"),
                               {}}};
    }
    // Its peers have tunnels of their own, each with the addresses that are its peer's.
    if (tunnel.pool) return Failure{Refusal{wire::NotifyType::kFailedCpRequired, {}, {}}};
    auto selectors = policy ? narrow(tunnel.selectors(*policy), *payloads.ts_r, *payloads.ts_i) : std::nullopt;
    if (!selectors) {
        return Failure{Refusal{wire::NotifyType::kTsUnacceptable,
                               diagnosis::no_common_selector(tunnel.options, peer, *payloads.ts_i, *payloads.ts_r),
                               {}}};
    }
    auto chosen = choose_esp(*payloads.sa, tunnel.options.esp_proposals, with_dh, esn_allowed(tunnel));
    const auto spi_out = chosen ? esp_spi(chosen->peer_spi) : std::nullopt;
    if (!chosen || !spi_out) {
        const bool group_alone =
            with_dh && choose_esp(*payloads.sa, tunnel.options.esp_proposals, false, esn_allowed(tunnel));
        const ChildPolicy& child = tunnel.child(*policy);
        return Failure{Refusal{wire::NotifyType::kNoProposalChosen,
                               group_alone
                                   ? diagnosis::no_common_pfs(tunnel.options, child, peer, *payloads.sa)
                                   : diagnosis::no_common_esp_proposal(tunnel.options, child, peer, *payloads.sa),
                               {}}};
    }
    const bool transport = asks_transport(payloads) && allows_transport(tunnel, sa);
    return ChildChoice{*policy,
                       chosen->suite,
                       std::move(chosen->answer),
                       *spi_out,
                       std::move(*selectors),
                       mode_of(transport),
                       accepts_tfc(payloads)};
}

Result<ChildChoice, LastError> accept_child(const Tunnel& tunnel, const IkeSa& sa, const ChildOffer& offer,
                                            const wire::Payloads& payloads) {
    const auto broken = [&](std::string_view what) {
        return Failure{diagnosis::protocol_error(tunnel.options, sa.path.remote.address, what)};
    };
    if (!payloads.sa || !payloads.ts_i || !payloads.ts_r) return broken("its answer lacks SA, TSi or TSr");
    auto chosen = accept_esp(*payloads.sa, offer.proposals);
    if (!chosen) return broken("its answer chooses an ESP proposal that was not offered");
    const auto spi_out = esp_spi(chosen->peer_spi);
    if (!spi_out) return broken("its answer has an ESP SPI out of the reserved range");
    dataplane::SelectorPair selectors{payloads.ts_i->entries, payloads.ts_r->entries};
    // RFC 7296 2.9: the responder may narrow, never widen.
    if (!within_offer(offer.selectors, selectors)) return broken("its traffic selectors are wider than those offered");
    // Keys would be there, but each end would put something else into the packets.
    if (asks_transport(payloads) && !offer.transport)
        return broken("it chooses transport mode, which was not asked for");
    return ChildChoice{offer.policy,
                       chosen->suite,
                       std::move(chosen->answer),
                       *spi_out,
                       std::move(selectors),
                       mode_of(asks_transport(payloads)),
                       accepts_tfc(payloads)};
}

}  // namespace esplane::ike
