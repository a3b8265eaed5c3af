#include "dataplane/sa/replay_window.h"

#include <algorithm>
#include <bit>

namespace esplane::dataplane {

ReplayWindow::ReplayWindow(std::uint32_t width, bool esn) : width_(width), esn_(esn) {
    if (width_ == 0) return;
    ring_.resize(std::bit_ceil<std::uint64_t>((width_ + 63) / 64 + 1));
    mask_ = ring_.size() - 1;
}

bool ReplayWindow::commit(std::uint64_t sequence) {
    if (!check(sequence)) return false;
    if (width_ == 0) return true;
    if (sequence > highest_) {
        // Words that the window slides into held what has fallen out behind.
        const std::uint64_t words = std::min<std::uint64_t>((sequence >> 6) - (highest_ >> 6), ring_.size());
        for (std::uint64_t i = 0; i < words; ++i)
            word_of(sequence - (i << 6)) = 0;
        highest_ = sequence;
    }
    word_of(sequence) |= std::uint64_t{1} << (sequence & 63);
    return true;
}

}  // namespace esplane::dataplane
