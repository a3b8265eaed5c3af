// A peer's offer for a log line, in the words in which an operator writes proposals.
#include <algorithm>
#include <array>

#include "ike/core/suite.h"
#include "ike/core/transform_names.h"

namespace esplane::ike {
namespace {

using wire::Transform;
using wire::TransformType;

/// Octets after which the rest of an offer is only counted: a stranger's offer must not fill the log.
constexpr std::size_t kLongEnough = 1000;

std::vector<const Transform*> of_type(const wire::Proposal& proposal, TransformType type) {
    std::vector<const Transform*> found;
    for (const Transform& transform : proposal.transforms) {
        if (transform.type == type) found.push_back(&transform);
    }
    return found;
}

/// The PRF and the integrity algorithm over the same primitive, by transform ID.
struct Likeness {
    std::uint16_t integ;
    std::uint16_t prf;
};
constexpr std::array<Likeness, 7> kLike{{{1, 1}, {2, 2}, {5, 4}, {8, 8}, {12, 5}, {13, 6}, {14, 7}}};

bool are_alike(const Transform* integ, const Transform* prf) {
    return std::any_of(kLike.begin(), kLike.end(),
                       [&](const Likeness& like) { return like.integ == integ->id && like.prf == prf->id; });
}

/// Nothing is lost by leaving it out: NONE, "no ESN", or a PRF that the integrity's name already says.
bool goes_without_saying(const wire::Proposal& proposal, TransformType type) {
    const auto transforms = of_type(proposal, type);
    if (type == TransformType::kPrf) {
        const auto integ = of_type(proposal, TransformType::kInteg);
        return std::equal(integ.begin(), integ.end(), transforms.begin(), transforms.end(), are_alike);
    }
    return transforms.size() == 1 && transforms.front()->id == 0 && type != TransformType::kEncr;
}

bool has_place(TransformType type) {
    return type >= TransformType::kEncr && type <= TransformType::kEsn;  // additional key exchanges: behind them
}

std::string describe(const wire::Proposal& proposal) {
    constexpr std::array kOrder{TransformType::kEncr, TransformType::kInteg, TransformType::kPrf, TransformType::kDh,
                                TransformType::kEsn};
    std::string text;
    const auto add = [&text](const Transform& transform) { text += (text.empty() ? "" : "-") + name_of(transform); };
    for (const TransformType type : kOrder) {
        if (goes_without_saying(proposal, type)) continue;
        for (const Transform* transform : of_type(proposal, type)) {
            add(*transform);
        }
    }
    for (const Transform& transform : proposal.transforms) {
        if (!has_place(transform.type)) add(transform);
    }
    if (text.empty()) text = "nothing";
    switch (proposal.protocol) {
        case wire::ProtocolId::kIke:
        case wire::ProtocolId::kEsp:
            return text;
        case wire::ProtocolId::kAh:
            return "ah:" + text;
        case wire::ProtocolId::kNone:
            break;
    }
    return "protocol-" + std::to_string(static_cast<int>(proposal.protocol)) + ":" + text;
}

}  // namespace

std::string to_string(const std::vector<wire::Proposal>& offered) {
    std::string text;
    for (const wire::Proposal& proposal : offered) {
        if (text.size() > kLongEnough) {
            const auto shown = static_cast<std::size_t>(&proposal - offered.data());
            return text + " and " + std::to_string(offered.size() - shown) + " more";
        }
        text += (text.empty() ? "" : ", ") + describe(proposal);
    }
    return text.empty() ? "nothing" : text;
}

}  // namespace esplane::ike
