#include "dataplane/sa/replay_window.h"

#include <algorithm>
#include <bit>

namespace esplane::dataplane {

ReplayWindow::ReplayWindow(std::uint32_t width, bool esn) : width_(width), esn_(esn) {
    if (width_ == 0) return;
    ring_.resize(std::bit_ceil<std::uint64_t>((width_ + 63) / 64 + 1));
    mask_ = ring_.size() - 1;
}

std::optional<std::uint64_t> ReplayWindow::infer(std::uint32_t low) const {
    if (!esn_) return low;
    const auto top_low = static_cast<std::uint32_t>(highest_);
    const auto top_high = static_cast<std::uint32_t>(highest_ >> 32);
    const std::uint32_t bottom = top_low - width_ + 1;  // of the window, modulo 2^32
    std::uint32_t high = top_high;
    if (top_low >= width_ - 1) {
        // A2.2 case A: the window lies within one subspace; what is below it belongs to the next.
        if (low < bottom) {
            if (++high == 0) return std::nullopt;
        }
    } else if (low >= bottom) {
        // Case B: the window spans two subspaces. Before the first wrap there is no lower one.
        if (top_high == 0) return std::nullopt;
        --high;
    }
    return static_cast<std::uint64_t>(high) << 32 | low;
}

bool ReplayWindow::check(std::uint64_t sequence) const {
    if (width_ == 0) return true;
    if (sequence == 0) return false;  // RFC 4303 2.2: the first packet is 1
    if (sequence > highest_) return true;
    if (highest_ - sequence >= width_) return false;
    return (word_of(sequence) >> (sequence & 63) & 1) == 0;
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
