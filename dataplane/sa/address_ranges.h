// What nearly every policy says: one range of addresses on our side, one on the peer's, of any protocol and port. In
// less than two cache lines, where the selectors themselves are two lists elsewhere; IPv4's in the first of them.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/sa/selector.h"

namespace esplane::dataplane {

class AddressRanges {
  public:
    explicit AddressRanges(const SelectorPair& selectors);

    /// Whether they say all that the selectors do. Else nothing may be asked of them.
    bool are_all() const { return are_all_; }
    /// Whether the ranges hold an address of ours and one of the peer's, both of one family.
    bool hold(const IpAddress& ours, const IpAddress& theirs) const {
        if (ours.family() != family_) return false;
        if (family_ == Family::kIpv4) [[likely]]
            return high_[0] <= ours.high() && ours.high() <= high_[1] && high_[2] <= theirs.high() &&
                   theirs.high() <= high_[3];
        return is_between(0, ours) && is_between(2, theirs);
    }

  private:
    bool is_between(std::size_t first, const IpAddress& address) const {
        const bool is_below =
            address.high() != high_[first] ? address.high() < high_[first] : address.low() < low_[first];
        const bool is_above =
            address.high() != high_[first + 1] ? address.high() > high_[first + 1] : address.low() > low_[first + 1];
        return !is_below && !is_above;
    }

    Family family_ = Family::kIpv4;
    bool are_all_ = false;
    // Of the first and last address of ours, of the first and last of the peer's.
    std::array<std::uint64_t, 4> high_{};
    std::array<std::uint64_t, 4> low_{};
};

}  // namespace esplane::dataplane
