// The initiator's check of the responder's choice (RFC 7296 2.7).
#include <algorithm>

#include "ike/core/proposal_choices.h"
#include "ike/core/proposals.h"

namespace esplane::ike {
namespace {

using negotiation::Choices;
using negotiation::has;
using negotiation::pick;
using negotiation::read_choices;
using wire::Proposal;
using wire::ProtocolId;
using wire::Transform;
using wire::TransformType;

bool is_optional_none(const Transform& candidate) {
    const bool has_none = candidate.type == TransformType::kInteg || candidate.type == TransformType::kDh ||
                          candidate.type == TransformType::kEsn || is_additional(candidate.type);
    return has_none && candidate.id == 0 && !candidate.key_bits && !candidate.unknown_attribute;
}

std::size_t count_type(const Proposal& proposal, TransformType type) {
    return static_cast<std::size_t>(std::count_if(proposal.transforms.begin(), proposal.transforms.end(),
                                                  [type](const Transform& each) { return each.type == type; }));
}

/// Whether the answered transform was offered; NONE may also be said of a type that the offer left out.
bool was_offered(const Transform& answered, const Proposal& offered) {
    return has(offered.transforms, answered) || (is_optional_none(answered) && count_type(offered, answered.type) == 0);
}

/// Whether the answer settles the type of this offered transform, if only by leaving out what may be NONE.
bool is_settled(const Transform& of_offer, const Proposal& answer, const Proposal& offered) {
    if (count_type(answer, of_offer.type) == 1) return true;
    return std::any_of(offered.transforms.begin(), offered.transforms.end(),
                       [&](const Transform& each) { return each.type == of_offer.type && is_optional_none(each); });
}

// RFC 7296 2.7 and 3.3.6: the answer is one of the proposals offered, by number and protocol, with one transform of
// each of its types. Anything else would let a peer choose what we did not offer.
bool fits_offer(const Proposal& answer, const Proposal& offered) {
    const auto chosen_well = [&](const Transform& each) {
        return was_offered(each, offered) && count_type(answer, each.type) == 1;
    };
    const auto settled = [&](const Transform& each) { return is_settled(each, answer, offered); };
    return answer.protocol == offered.protocol && answer.spi.size() == offered.spi.size() &&
           std::all_of(answer.transforms.begin(), answer.transforms.end(), chosen_well) &&
           std::all_of(offered.transforms.begin(), offered.transforms.end(), settled);
}

/// The answer's one proposal, read; empty unless it fits the proposal of its number.
std::optional<Choices> read_answer(const std::vector<Proposal>& answered, const std::vector<Proposal>& offered,
                                   ProtocolId protocol) {
    if (answered.size() != 1) return std::nullopt;
    const Proposal& answer = answered.front();
    const auto source = std::find_if(offered.begin(), offered.end(),
                                     [&](const Proposal& each) { return each.number == answer.number; });
    if (source == offered.end() || !fits_offer(answer, *source)) return std::nullopt;
    return read_choices(answer, protocol);
}

template <typename Suite>
Chosen<Suite> accepted(const Suite& suite, const Proposal& answer) {
    return {suite, answer, answer.spi};
}

}  // namespace

std::optional<Chosen<IkeSuite>> accept_ike(const std::vector<Proposal>& answered,
                                           const std::vector<Proposal>& offered) {
    const auto choices = read_answer(answered, offered, ProtocolId::kIke);
    if (!choices) return std::nullopt;
    const auto picked =
        pick(IkeProposal{choices->encr, choices->prf, choices->integ, choices->dh, choices->additional}, *choices);
    if (!picked) return std::nullopt;
    return accepted(picked->suite, answered.front());
}

std::optional<Chosen<EspSuite>> accept_esp(const std::vector<Proposal>& answered,
                                           const std::vector<Proposal>& offered) {
    const auto choices = read_answer(answered, offered, ProtocolId::kEsp);
    if (!choices) return std::nullopt;
    const bool has_dh = !choices->allows_no_dh();
    const auto picked = pick(EspProposal{choices->encr, choices->integ, choices->dh}, *choices, {has_dh, true});
    if (!picked) return std::nullopt;
    return accepted(picked->suite, answered.front());
}

}  // namespace esplane::ike
