#include "benchmarks/generate/sequence_tracker.h"

#include <algorithm>
#include <bit>

namespace esplane::bench::generate {

std::optional<std::uint64_t> SequenceTracker::last_lost(std::uint64_t sent) const {
    std::uint64_t end = std::min(sent, packets_);
    while (end > 0) {
        const std::uint64_t word = (end - 1) / 64;
        const std::uint64_t within = end - word * 64;  // 1 to 64
        const std::uint64_t lost = ~seen_[word] & (UINT64_MAX >> (64 - within));
        if (lost != 0) return word * 64 + 63 - static_cast<std::uint64_t>(std::countl_zero(lost));
        end = word * 64;
    }
    return std::nullopt;
}

}  // namespace esplane::bench::generate
