// The responder's choice (RFC 7296 2.7).
#include "ike/core/proposal_choices.h"
#include "ike/core/proposals.h"

namespace esplane::ike {
namespace {

using negotiation::Choices;
using negotiation::kEsn;
using negotiation::kNoEsn;
using negotiation::Pick;
using negotiation::pick;
using negotiation::read_choices;
using negotiation::transform;
using wire::Proposal;
using wire::ProtocolId;
using wire::Transform;
using wire::TransformType;

/// The choice in the form of the offer (3.3.6): one transform of each type that was there.
Proposal answer_to(const Proposal& offered, std::vector<Transform> chosen) {
    return {offered.number, offered.protocol, offered.spi, std::move(chosen)};
}

void add_additional(std::vector<Transform>& to, const Choices& choices, const AdditionalChoice& chosen) {
    for (std::size_t place = 0; place < kMostAdditional; ++place) {
        if (choices.has_additional[place]) to.push_back(transform(additional_type(place), chosen[place]));
    }
}

Proposal answer_to(const Proposal& offered, const Choices& choices, const IkeSuite& suite) {
    std::vector<Transform> chosen{transform(suite.encr)};
    if (choices.has_integ) chosen.push_back(transform(TransformType::kInteg, suite.integ));
    chosen.push_back(transform(TransformType::kPrf, suite.prf));
    chosen.push_back(transform(TransformType::kDh, suite.dh));
    add_additional(chosen, choices, suite.additional);
    return answer_to(offered, std::move(chosen));
}

Proposal answer_to(const Proposal& offered, const Choices& choices, const EspSuite& suite, bool with_dh) {
    std::vector<Transform> chosen{transform(suite.encr)};
    if (choices.has_integ) chosen.push_back(transform(TransformType::kInteg, suite.integ));
    if (choices.has_dh && with_dh) chosen.push_back(transform(TransformType::kDh, suite.dh));
    if (with_dh) add_additional(chosen, choices, {});
    if (choices.has_esn) chosen.push_back(transform(TransformType::kEsn, suite.esn ? kEsn : kNoEsn));
    return answer_to(offered, std::move(chosen));
}

struct Readable {
    const Proposal* proposal;
    Choices choices;
};

std::vector<Readable> read_all(const std::vector<Proposal>& offered, ProtocolId protocol) {
    std::vector<Readable> readable;
    for (const Proposal& proposal : offered) {
        if (auto choices = read_choices(proposal, protocol)) readable.push_back({&proposal, *std::move(choices)});
    }
    return readable;
}

/// Our proposals in order; within one, the best of what the peer offers for it. `pick_from` and `answer` are those of
/// the protocol.
template <typename Suite, typename Configured, typename PickFrom, typename Answer>
std::optional<Chosen<Suite>> choose(const std::vector<Readable>& offered, const std::vector<Configured>& configured,
                                    PickFrom pick_from, Answer answer) {
    for (const Configured& ours : configured) {
        std::optional<Pick<Suite>> best;
        const Readable* source = nullptr;
        for (const Readable& theirs : offered) {
            const std::optional<Pick<Suite>> candidate = pick_from(ours, theirs.choices);
            if (!candidate || (best && best->rank <= candidate->rank)) continue;
            best = candidate;
            source = &theirs;
        }
        if (best) return Chosen<Suite>{best->suite, answer(*source, best->suite), source->proposal->spi};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Chosen<IkeSuite>> choose_ike(const std::vector<Proposal>& offered,
                                           const std::vector<IkeProposal>& configured) {
    return choose<IkeSuite>(
        read_all(offered, ProtocolId::kIke), configured,
        [](const IkeProposal& ours, const Choices& theirs) { return pick(ours, theirs); },
        [](const Readable& from, const IkeSuite& suite) { return answer_to(*from.proposal, from.choices, suite); });
}

std::optional<Chosen<EspSuite>> choose_esp(const std::vector<Proposal>& offered,
                                           const std::vector<EspProposal>& configured, bool with_dh, bool esn) {
    return choose<EspSuite>(
        read_all(offered, ProtocolId::kEsp), configured,
        [=](const EspProposal& ours, const Choices& theirs) {
            return pick(ours, theirs, {with_dh, esn});
        },
        [=](const Readable& from, const EspSuite& suite) {
            return answer_to(*from.proposal, from.choices, suite, with_dh);
        });
}

}  // namespace esplane::ike
