// CREATE_CHILD_SA for a CHILD_SA, as responder (RFC 7296 1.3.1, 1.3.3, 2.8, 2.25).

#include <algorithm>

#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

constexpr std::size_t kNonceLength = 32;
/// What a peer may have on one IKE SA, those that are being replaced included, beyond two for each policy.
constexpr std::size_t kMoreChildren = 62;

Bytes as_octets(crypto::DhId group) {
    Bytes octets(2);
    store_be(octets.data(), static_cast<std::uint16_t>(group));
    return octets;
}

Reply not_found(const wire::Notify& rekey) {
    Reply reply = refuse(wire::NotifyType::kChildSaNotFound);
    // RFC 7296 2.25.1: it names the SPI that was asked for.
    reply.payloads.notifies.front().protocol = rekey.protocol;
    reply.payloads.notifies.front().spi = rekey.spi;
    return reply;
}

ChildSa* find_by_peer_spi(Core& core, const IkeSa& sa, const Bytes& spi) {
    if (spi.size() != 4) return nullptr;
    const dataplane::Spi wanted{load_be<std::uint32_t>(spi.data())};
    for (const dataplane::ChildId id : sa.children) {
        ChildSa* child = core.child(id);
        if (child->spi_out == wanted) return child;
    }
    return nullptr;
}

/// What a rekey request is answered with when it cannot be granted; `old` is null when we do not have it (2.25.1).
std::optional<Reply> refuse_rekey(IkeSa& sa, const ChildSa* old, const wire::Notify& rekey) {
    // It may be the one that we are waiting to be told of.
    if (old == nullptr && sa.out.in_flight_as<ChildExchange>() != nullptr)
        return refuse(wire::NotifyType::kTemporaryFailure);
    if (old == nullptr) return not_found(rekey);
    if (old->phase == ChildPhase::kDeleting || old->phase == ChildPhase::kReplaced)
        return refuse(wire::NotifyType::kTemporaryFailure);
    return std::nullopt;
}

/// Ours for the same CHILD_SA is in flight or waiting; the nonces will tell which one goes.
void note_rival(IkeSa& sa, ChildSa& old, const ChildSa& fresh, Bytes lowest_nonce) {
    auto* ours = sa.out.in_flight_as<ChildExchange>();
    if (ours != nullptr && ours->replaces == old.id) {
        ours->rival = Rival<dataplane::ChildId>{fresh.id, std::move(lowest_nonce)};
        return;
    }
    old.phase = ChildPhase::kReplaced;
}

struct Agreed {
    ChildChoice choice;
    std::unique_ptr<crypto::KeyExchange> ke;
    std::optional<crypto::Secret> shared;
};

/// RFC 7296 1.3.1: with PFS, the KE payload must be of the group of the proposal that we choose.
Result<Agreed, Refusal> agree(Core& core, const IkeSa& sa, const Tunnel& tunnel, const wire::Payloads& payloads,
                              std::optional<std::uint32_t> policy) {
    auto choice = choose_child(tunnel, sa, payloads, policy, true);
    if (!choice) return Failure{choice.error()};
    Agreed agreed{std::move(*choice), nullptr, std::nullopt};
    const crypto::DhId group = agreed.choice.suite.dh;
    if (group == crypto::DhId::kNone) return agreed;
    if (!payloads.ke || payloads.ke->group != static_cast<std::uint16_t>(group))
        return Failure{Refusal{wire::NotifyType::kInvalidKePayload, {}, as_octets(group)}};
    agreed.ke = crypto::KeyExchange::generate(group, core.random);
    agreed.shared = agreed.ke->derive(payloads.ke->value);
    if (!agreed.shared) {
        return Failure{Refusal{wire::NotifyType::kInvalidSyntax,
                               diagnosis::protocol_error(tunnel.options, sa.path.remote.address,
                                                         "its public key exchange value is illegal"),
                               {}}};
    }
    return agreed;
}

Reply answer(Core& core, IkeSa& sa, const Tunnel& tunnel, Agreed agreed, ChildSa* old, const Bytes& nonce_i) {
    Reply reply;
    const Bytes nonce_r = core.random.bytes(kNonceLength);
    NewChild made;
    made.spi_in = core.spis.lease(core.random, tunnel.options.worker);
    made.keys = derive_child_keys(sa.suite.prf, sa.protection->sk_d, agreed.choice.suite,
                                  agreed.shared ? &*agreed.shared : nullptr, {nonce_i, nonce_r});
    put_child_answer(reply.payloads, agreed.choice, made.spi_in.spi());
    reply.payloads.nonce = nonce_r;
    if (agreed.ke) {
        reply.payloads.ke = wire::Ke{static_cast<std::uint16_t>(agreed.ke->group()), agreed.ke->public_value()};
    }
    made.choice = std::move(agreed.choice);
    if (old != nullptr) made.replaces = old->id;
    const ChildSa& fresh = install_child(core, sa, std::move(made));
    if (old != nullptr) note_rival(sa, *old, fresh, lower_nonce(nonce_i, nonce_r));
    reply.after = fresh.id;
    return reply;
}

/// Both ask for a CHILD_SA of the same policy at once. Who made the IKE SA goes on, and the other one gives way: we
/// refuse as the former, and grant it as the latter, whose own request is refused meanwhile.
bool crosses_ours(IkeSa& sa, std::optional<std::uint32_t> policy) {
    const auto* ours = sa.out.in_flight_as<ChildExchange>();
    return ours != nullptr && policy == ours->offer.policy && (sa.initiator || ours->replaces);
}

void note_refusal(Core& core, Tunnel& tunnel, std::optional<std::uint32_t> policy, const LastError& error) {
    if (error.code.empty()) return;
    if (policy) return note_policy_error(core, tunnel, *policy, error, Severity::kWarning);
    note_error(core, tunnel, error, Severity::kWarning);
}

bool busy_with_ike(IkeSa& sa) {
    return sa.out.in_flight_as<IkeRekeyExchange>() != nullptr;
}

}  // namespace

Reply on_child_request(Core& core, IkeSa& sa, const wire::Payloads& payloads) {
    Tunnel* tunnel = core.tunnel_of(sa);
    // RFC 7296 2.25: nothing new on an IKE SA that is going or being rekeyed.
    if (tunnel == nullptr || !sa.is<Established>() || busy_with_ike(sa))
        return refuse(wire::NotifyType::kTemporaryFailure);
    if (!payloads.nonce) return refuse(wire::NotifyType::kInvalidSyntax);
    const wire::Notify* rekey = payloads.find(wire::NotifyType::kRekeySa);
    ChildSa* old = nullptr;
    if (rekey != nullptr) {
        old = find_by_peer_spi(core, sa, rekey->spi);
        if (auto refusal = refuse_rekey(sa, old, *rekey)) return std::move(*refusal);
    }
    const auto policy = old != nullptr ? old->policy : match_policy(tunnel->options, payloads);
    if (old == nullptr && crosses_ours(sa, policy)) return refuse(wire::NotifyType::kTemporaryFailure);
    if (sa.children.size() >= 2 * tunnel->policies.size() + kMoreChildren)
        return refuse(wire::NotifyType::kNoAdditionalSas);
    auto agreed = agree(core, sa, *tunnel, payloads, policy);
    if (!agreed) {
        note_refusal(core, *tunnel, policy, agreed.error().error);
        return refuse(agreed.error().notify, agreed.error().data);
    }
    return answer(core, sa, *tunnel, std::move(*agreed), old, *payloads.nonce);
}

}  // namespace esplane::ike
