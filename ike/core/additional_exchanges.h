// Additional key exchanges (RFC 9370): up to seven more behind that of IKE_SA_INIT or CREATE_CHILD_SA, one after the
// other, so that the keys are safe as long as one of them is.
#pragma once

#include <array>
#include <vector>

#include "crypto/algorithms.h"
#include "ike/wire/numbers.h"

namespace esplane::ike {

inline constexpr std::size_t kMostAdditional = 7;

/// By place, ADDKE1 first: the methods that may be chosen, in order, NONE among them where it may be left out. An empty
/// list: the place is not mentioned, which says NONE as well.
using AdditionalOffers = std::array<std::vector<crypto::DhId>, kMostAdditional>;
/// What was chosen by place; kNone: no exchange.
using AdditionalChoice = std::array<crypto::DhId, kMostAdditional>;

inline constexpr wire::TransformType additional_type(std::size_t place) {
    return static_cast<wire::TransformType>(static_cast<std::size_t>(wire::TransformType::kAddKe1) + place);
}
inline constexpr bool is_additional(wire::TransformType type) {
    return type >= wire::TransformType::kAddKe1 && type <= wire::TransformType::kAddKe7;
}
inline constexpr std::size_t place_of(wire::TransformType type) {
    return static_cast<std::size_t>(type) - static_cast<std::size_t>(wire::TransformType::kAddKe1);
}

/// The exchanges that there will be, in their order (RFC 9370 2.2.2).
inline std::vector<crypto::DhId> in_order(const AdditionalChoice& chosen) {
    std::vector<crypto::DhId> methods;
    for (const crypto::DhId method : chosen) {
        if (method != crypto::DhId::kNone) methods.push_back(method);
    }
    return methods;
}
inline bool has_any(const AdditionalOffers& offers) {
    for (const auto& methods : offers) {
        if (!methods.empty()) return true;
    }
    return false;
}

}  // namespace esplane::ike
