#include "ike/core/proposal_choices.h"

#include "dataplane/sa/types.h"

namespace esplane::ike::negotiation {
namespace {

using crypto::DhId;
using crypto::Encr;
using crypto::IntegId;
using crypto::PrfId;
using wire::Proposal;
using wire::ProtocolId;
using wire::Transform;
using wire::TransformType;

template <typename Id>
void add_known(std::vector<Id>& list, std::optional<Id> known) {
    if (known && !has(list, *known)) list.push_back(*known);
}

std::optional<Encr> known_cipher(ProtocolId protocol, const Transform& offered) {
    return protocol == ProtocolId::kEsp ? crypto::known_esp_encr(offered.id, offered.key_bits)
                                        : crypto::known_encr(offered.id, offered.key_bits);
}

/// False when the type has no place in this protocol: the whole proposal is then unacceptable (3.3.6).
bool add_choice(Choices& choices, ProtocolId protocol, const Transform& offered) {
    // 3.3.6: a transform with an attribute that is not understood is no choice; 3.3.5: only ciphers have key lengths.
    const bool is_cipher = offered.type == TransformType::kEncr;
    const bool usable = !offered.unknown_attribute && (is_cipher || !offered.key_bits);
    if (is_additional(offered.type)) {
        const std::size_t place = place_of(offered.type);
        choices.has_additional[place] = true;
        if (usable) add_known(choices.additional[place], crypto::known_additional(offered.id));
        return true;
    }
    switch (offered.type) {
        case TransformType::kEncr:
            if (usable) add_known(choices.encr, known_cipher(protocol, offered));
            return true;
        case TransformType::kPrf:
            if (usable) add_known(choices.prf, crypto::known_prf(offered.id));
            return protocol == ProtocolId::kIke;
        case TransformType::kInteg:
            choices.has_integ = true;
            if (usable) add_known(choices.integ, crypto::known_integ(offered.id));
            return true;
        case TransformType::kDh:
            choices.has_dh = true;
            if (usable) add_known(choices.dh, crypto::known_dh(offered.id));
            return true;
        case TransformType::kEsn:
            choices.has_esn = true;
            if (usable && offered.id <= kEsn) add_known(choices.esn, std::optional(offered.id));
            return protocol == ProtocolId::kEsp;
        default:
            return false;
    }
}

/// An SPI that may name an SA: none or a non-zero one for IKE (3.3.1), four octets outside the reserved range for ESP
/// (RFC 4303 2.1).
bool is_spi(ProtocolId protocol, const Bytes& spi) {
    if (protocol == ProtocolId::kEsp) {
        return spi.size() == sizeof(dataplane::Spi) && load_be<std::uint32_t>(spi.data()) >= dataplane::kLowestSpi;
    }
    return spi.empty() || (spi.size() == sizeof(IkeSpi) && load_be<std::uint64_t>(spi.data()) != 0);
}

/// The first of ours that the peer has, too.
template <typename Id>
std::optional<std::size_t> first_common(const std::vector<Id>& ours, const std::vector<Id>& theirs) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (has(theirs, ours[i])) return i;
    }
    return std::nullopt;
}

struct IntegPick {
    IntegId id;
    std::size_t rank;
};

/// RFC 5282 8: none with an AEAD; RFC 7296 3.3.2: one that is not NONE with any other cipher.
std::optional<IntegPick> pick_integ(Encr encr, const std::vector<IntegId>& ours, const Choices& theirs) {
    if (crypto::is_aead(encr.id)) {
        if (!theirs.allows_no_integ()) return std::nullopt;
        return IntegPick{IntegId::kNone, 0};
    }
    const auto index = first_common(ours, theirs.integ);
    if (!index || ours[*index] == IntegId::kNone) return std::nullopt;
    return IntegPick{ours[*index], *index};
}

struct DhPick {
    DhId id;
    std::size_t rank;
};

std::optional<DhPick> pick_esp_dh(const std::vector<DhId>& ours, const Choices& theirs, bool with_dh) {
    if (!with_dh) return DhPick{DhId::kNone, 0};
    if (ours.empty()) return theirs.allows_no_dh() ? std::optional(DhPick{DhId::kNone, 0}) : std::nullopt;
    const auto index = first_common(ours, theirs.dh);
    if (!index) return std::nullopt;
    return DhPick{ours[*index], *index};
}

struct AdditionalPick {
    AdditionalChoice chosen{};
    std::size_t rank = 0;
};

/// For each place the first of ours that the peer has, too, and that has no place yet: no method is used twice, that of
/// the group included (RFC 9370 2.2.1). Empty when a place cannot be filled and must be.
std::optional<AdditionalPick> pick_additional(const AdditionalOffers& ours, const Choices& theirs, DhId group) {
    AdditionalPick picked;
    std::vector<DhId> used{group};
    for (std::size_t place = 0; place < kMostAdditional; ++place) {
        const bool none_is_ours = ours[place].empty() || has(ours[place], DhId::kNone);
        bool filled = false;
        for (std::size_t i = 0; i < ours[place].size() && !filled; ++i) {
            const DhId method = ours[place][i];
            if (method == DhId::kNone || has(used, method) || !has(theirs.additional[place], method)) continue;
            picked.chosen[place] = method;
            picked.rank += i;
            used.push_back(method);
            filled = true;
        }
        if (filled) continue;
        if (!none_is_ours || !theirs.allows_none(place)) return std::nullopt;
        picked.rank += ours[place].size();
    }
    return picked;
}

}  // namespace

std::optional<Choices> read_choices(const Proposal& proposal, ProtocolId protocol) {
    if (proposal.protocol != protocol || !is_spi(protocol, proposal.spi)) return std::nullopt;
    Choices choices;
    for (const Transform& offered : proposal.transforms) {
        if (!add_choice(choices, protocol, offered)) return std::nullopt;
    }
    return choices;
}

std::optional<Pick<IkeSuite>> pick(const IkeProposal& ours, const Choices& theirs) {
    const auto prf = first_common(ours.prf, theirs.prf);
    const auto dh = first_common(ours.dh, theirs.dh);
    if (!prf || !dh || ours.dh[*dh] == DhId::kNone) return std::nullopt;  // 2.14: an IKE SA has no keys without either
    const auto additional = pick_additional(ours.additional, theirs, ours.dh[*dh]);
    if (!additional) return std::nullopt;
    for (std::size_t i = 0; i < ours.encr.size(); ++i) {
        if (!has(theirs.encr, ours.encr[i])) continue;
        if (const auto integ = pick_integ(ours.encr[i], ours.integ, theirs)) {
            return Pick<IkeSuite>{{ours.encr[i], ours.prf[*prf], integ->id, ours.dh[*dh], additional->chosen},
                                  {i, integ->rank, *prf, *dh, additional->rank}};
        }
    }
    return std::nullopt;
}

std::optional<Pick<EspSuite>> pick(const EspProposal& ours, const Choices& theirs, EspWishes wishes) {
    const auto dh = pick_esp_dh(ours.dh, theirs, wishes.with_dh);
    const bool esn = wishes.esn && has(theirs.esn, kEsn);
    if (!dh || (!esn && !theirs.allows_no_esn())) return std::nullopt;
    // Of a CHILD_SA we make no additional key exchanges: what it is made from has been through those of the IKE SA.
    if (wishes.with_dh && !pick_additional({}, theirs, dh->id)) return std::nullopt;
    for (std::size_t i = 0; i < ours.encr.size(); ++i) {
        if (!has(theirs.encr, ours.encr[i])) continue;
        if (const auto integ = pick_integ(ours.encr[i], ours.integ, theirs)) {
            return Pick<EspSuite>{{ours.encr[i], integ->id, dh->id, esn},
                                  {i, integ->rank, dh->rank, esn ? std::size_t{0} : std::size_t{1}}};
        }
    }
    return std::nullopt;
}

}  // namespace esplane::ike::negotiation
