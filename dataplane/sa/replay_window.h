// The anti-replay window of an inbound SA (RFC 4303 3.4.3 and appendix A2), as a ring of bits (RFC 6479).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/dense_memory.h"
#include "crypto/prefetch.h"

namespace esplane::dataplane {

class ReplayWindow {
  public:
    /// `width`: packets, exactly; 0 turns the check off. ESN with a width of 0 is the caller's error: the high half
    /// is inferred from the window.
    ReplayWindow(std::uint32_t width, bool esn);

    /// The whole sequence number of a packet that carries `low`; empty when there can be none such.
    std::optional<std::uint64_t> infer(std::uint32_t low) const;
    /// Asks for where it is kept whether a packet that carries `low` has been seen. The high half does not matter.
    void prefetch_word(std::uint32_t low) const {
        if (width_ != 0) prefetch(&word_of(low));
    }
    /// Whether it could be accepted: not seen, not behind the window, not 0. Changes nothing.
    bool check(std::uint64_t sequence) const;
    /// Marks it as seen, after its ICV has been verified. False when it was not acceptable any more.
    bool commit(std::uint64_t sequence);

  private:
    std::uint64_t& word_of(std::uint64_t sequence) { return ring_[(sequence >> 6) & mask_]; }
    const std::uint64_t& word_of(std::uint64_t sequence) const { return ring_[(sequence >> 6) & mask_]; }

    std::uint64_t highest_ = 0;
    std::uint32_t width_;
    bool esn_;
    std::uint64_t mask_ = 0;  // words in the ring, less one
    std::vector<std::uint64_t, DenseAllocator<std::uint64_t>>
        ring_;  // one word more than the window needs, so that a slide clears whole words
};

// Inline: an optional number that a call returns goes through memory, in two stores that one load must wait for.
inline std::optional<std::uint64_t> ReplayWindow::infer(std::uint32_t low) const {
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

inline bool ReplayWindow::check(std::uint64_t sequence) const {
    if (width_ == 0) return true;
    if (sequence == 0) return false;  // RFC 4303 2.2: the first packet is 1
    if (sequence > highest_) return true;
    if (highest_ - sequence >= width_) return false;
    return (word_of(sequence) >> (sequence & 63) & 1) == 0;
}

}  // namespace esplane::dataplane
