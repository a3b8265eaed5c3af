#include "ike/core/proposals.h"

#include <algorithm>

#include "ike/core/proposal_choices.h"
#include "ike/wire/caps.h"

namespace esplane::ike {
namespace {

using crypto::Encr;
using crypto::IntegId;
using negotiation::has;
using negotiation::kEsn;
using negotiation::kNoEsn;
using negotiation::transform;
using wire::Proposal;
using wire::ProtocolId;
using wire::Transform;
using wire::TransformType;

template <typename Id>
void add_all(std::vector<Transform>& to, TransformType type, const std::vector<Id>& ids) {
    for (const Id id : ids) {
        to.push_back(transform(type, id));
    }
}

/// RFC 5282 8: an AEAD's proposal has no integrity algorithm, so AEADs and others cannot share one.
std::vector<Transform> ciphers(const std::vector<Encr>& encr, const std::vector<IntegId>& integ, bool aead) {
    std::vector<Transform> transforms;
    for (const Encr candidate : encr) {
        if (crypto::is_aead(candidate.id) == aead) transforms.push_back(transform(candidate));
    }
    if (!transforms.empty() && !aead) add_all(transforms, TransformType::kInteg, integ);
    return transforms;
}

void add_additional(std::vector<Transform>& to, const AdditionalOffers& additional) {
    for (std::size_t place = 0; place < kMostAdditional; ++place)
        add_all(to, additional_type(place), additional[place]);
}

/// Proposals are numbered from 1 without a gap (RFC 7296 3.3.1), each offered once.
class Offer {
  public:
    Offer(ProtocolId protocol, const Bytes& spi) : protocol_(protocol), spi_(spi) {}

    void add(std::vector<Transform> ciphers, const std::vector<Transform>& rest) {
        if (ciphers.empty() || proposals_.size() == wire::kMaxProposals) return;
        ciphers.insert(ciphers.end(), rest.begin(), rest.end());
        const auto same = [&](const Proposal& proposal) { return proposal.transforms == ciphers; };
        if (std::any_of(proposals_.begin(), proposals_.end(), same)) return;
        proposals_.push_back({static_cast<std::uint8_t>(proposals_.size() + 1), protocol_, spi_, std::move(ciphers)});
    }
    std::vector<Proposal> finish() { return std::move(proposals_); }

  private:
    ProtocolId protocol_;
    const Bytes& spi_;
    std::vector<Proposal> proposals_;
};

}  // namespace

std::vector<Proposal> offer_ike(const std::vector<IkeProposal>& configured, const Bytes& spi) {
    Offer offer(ProtocolId::kIke, spi);
    for (const IkeProposal& ours : configured) {
        std::vector<Transform> rest;
        add_all(rest, TransformType::kPrf, ours.prf);
        add_all(rest, TransformType::kDh, ours.dh);
        add_additional(rest, ours.additional);
        for (const bool aead : {true, false}) {
            offer.add(ciphers(ours.encr, ours.integ, aead), rest);
        }
    }
    return offer.finish();
}

std::vector<Proposal> offer_esp(const std::vector<EspProposal>& configured, const Bytes& spi, bool with_dh, bool esn) {
    Offer offer(ProtocolId::kEsp, spi);
    for (const EspProposal& ours : configured) {
        std::vector<Transform> rest;
        if (with_dh) add_all(rest, TransformType::kDh, ours.dh);
        if (esn) rest.push_back(transform(TransformType::kEsn, kEsn));
        rest.push_back(transform(TransformType::kEsn, kNoEsn));
        for (const bool aead : {true, false}) {
            offer.add(ciphers(ours.encr, ours.integ, aead), rest);
        }
    }
    return offer.finish();
}

bool offers_group(const std::vector<Proposal>& offered, crypto::DhId group) {
    const Transform wanted = transform(TransformType::kDh, group);
    return std::any_of(offered.begin(), offered.end(),
                       [&](const Proposal& proposal) { return has(proposal.transforms, wanted); });
}

}  // namespace esplane::ike
