// What became of numbered packets. Exact: each number that can have been sent has a bit, so that a copy is told from a
// late one however late it is.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace esplane::bench::generate {

/// Each packet that was sent is received or lost; each that arrives is received or a duplicate.
struct Arrivals {
    std::uint64_t received = 0;    ///< different ones
    std::uint64_t duplicates = 0;  ///< each copy after the first to arrive
    /// Of those received: a higher number of its flow came before (RFC 4737 3.3: s < NextExp). Copies do not count.
    std::uint64_t reordered = 0;
};

/// Packets are sent in turn over all flows: packet n of all is number n / flows of flow n modulo flows.
class SequenceTracker {
  public:
    /// For at most `packets` in all: a bit each, and 8 octets a flow.
    SequenceTracker(std::uint32_t flows, std::uint64_t packets)
        : flows_(flows), packets_(packets), seen_((packets + 63) / 64), next_expected_(flows) {}

    /// False, and not counted, if there can be no such packet. `flow` is one of the flows.
    bool take(std::uint32_t flow, std::uint32_t sequence) {
        const std::uint64_t number = std::uint64_t{sequence} * flows_ + flow;
        if (number >= packets_) return false;
        const std::uint64_t bit = std::uint64_t{1} << number % 64;
        if ((seen_[number / 64] & bit) != 0) {
            ++arrivals_.duplicates;
            return true;
        }
        seen_[number / 64] |= bit;
        ++arrivals_.received;
        if (sequence < next_expected_[flow]) {
            ++arrivals_.reordered;
        } else {
            next_expected_[flow] = std::uint64_t{sequence} + 1;
        }
        return true;
    }

    const Arrivals& arrivals() const { return arrivals_; }
    /// The last of the first `sent` packets, counted over all flows from 0, that did not arrive.
    std::optional<std::uint64_t> last_lost(std::uint64_t sent) const;

  private:
    std::uint64_t flows_;
    std::uint64_t packets_;
    std::vector<std::uint64_t> seen_;
    std::vector<std::uint64_t> next_expected_;
    Arrivals arrivals_;
};

}  // namespace esplane::bench::generate
