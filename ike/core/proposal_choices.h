// What of a peer's proposal can be chosen, and the best of it for a proposal of ours. Behind proposals.h only.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "ike/core/suite.h"
#include "ike/wire/message.h"

namespace esplane::ike::negotiation {

inline constexpr std::uint16_t kNoEsn = 0;
inline constexpr std::uint16_t kEsn = 1;

template <typename T>
bool has(const std::vector<T>& list, const T& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

template <typename Id>
wire::Transform transform(wire::TransformType type, Id id) {
    return {type, static_cast<std::uint16_t>(id), std::nullopt, false};
}

inline wire::Transform transform(crypto::Encr encr) {
    return {wire::TransformType::kEncr, static_cast<std::uint16_t>(encr.id), crypto::key_length_attribute(encr), false};
}

/// What of a peer's proposal we know, by type. `has_x` says whether the type was there at all: without it, the type is
/// NONE (RFC 7296 3.3.3).
struct Choices {
    std::vector<crypto::Encr> encr;
    std::vector<crypto::PrfId> prf;
    std::vector<crypto::IntegId> integ;
    std::vector<crypto::DhId> dh;
    std::vector<std::uint16_t> esn;
    AdditionalOffers additional;
    std::array<bool, kMostAdditional> has_additional{};
    bool has_integ = false;
    bool has_dh = false;
    bool has_esn = false;

    bool allows_no_integ() const { return !has_integ || has(integ, crypto::IntegId::kNone); }
    bool allows_none(std::size_t place) const {
        return !has_additional[place] || has(additional[place], crypto::DhId::kNone);
    }
    bool allows_no_dh() const { return !has_dh || has(dh, crypto::DhId::kNone); }
    // 3.3.3 makes ESN mandatory. Where it is missing there is but one thing the peer can mean.
    bool allows_no_esn() const { return !has_esn || has(esn, kNoEsn); }
};

/// Empty when nothing of the proposal may be chosen, whatever is configured here: another protocol, an SPI that cannot
/// name an SA, or a transform type that has no place there.
std::optional<Choices> read_choices(const wire::Proposal& proposal, wire::ProtocolId protocol);

/// Positions in our lists of what was picked, in the order of weight: the lower, the more we want it.
using Rank = std::array<std::size_t, 5>;

template <typename Suite>
struct Pick {
    Suite suite;
    Rank rank;
};

/// The best that both have; empty when they have no suite in common.
std::optional<Pick<IkeSuite>> pick(const IkeProposal& ours, const Choices& theirs);

struct EspWishes {
    bool with_dh;  ///< else groups and additional key exchanges are ignored on both sides
    bool esn;      ///< whether ESN may be picked; it then goes before no ESN
};
std::optional<Pick<EspSuite>> pick(const EspProposal& ours, const Choices& theirs, EspWishes wishes);

}  // namespace esplane::ike::negotiation
