#include "dataplane/packet/fragment_ranges.h"

#include <algorithm>

namespace esplane::dataplane {

/// A datagram ends once, with its last fragment, and nothing reaches beyond.
bool FragmentRanges::contradicts_end(std::uint32_t end, bool last) const {
    if (ended_) return last ? end != end_ : end >= end_;
    return last && count_ > 0 && end <= end_;
}

std::size_t FragmentRanges::first_reaching_beyond(std::uint32_t begin) const {
    // Most fragments arrive in order: from the back it is the first step.
    std::size_t at = count_;
    while (at > 0 && ranges_[at - 1].end > begin)
        --at;
    return at;
}

FragmentRanges::Fit FragmentRanges::fit(std::uint32_t begin, std::uint32_t end, bool last) const {
    const std::size_t at = first_reaching_beyond(begin);
    const bool meets = at < count_ && ranges_[at].begin < end;
    const bool same = meets && ranges_[at].begin == begin && ranges_[at].end == end;
    // Only the last fragment ends where the datagram does.
    if (same && last == (ended_ && end == end_)) return Fit::kSame;
    if (contradicts_end(end, last)) return Fit::kBeyondEnd;
    if (meets) return Fit::kOverlap;
    return count_ == kMost ? Fit::kFull : Fit::kApart;
}

void FragmentRanges::insert(std::uint32_t begin, std::uint32_t end, bool last) {
    const std::size_t at = first_reaching_beyond(begin);
    std::copy_backward(ranges_.begin() + static_cast<std::ptrdiff_t>(at), ranges_.begin() + count_,
                       ranges_.begin() + count_ + 1);
    ranges_[at] = {static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end)};
    ++count_;
    octets_ += end - begin;
    end_ = std::max(end_, end);
    ended_ = ended_ || last;
}

}  // namespace esplane::dataplane
