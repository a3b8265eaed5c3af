// Packets on their way through the stages together. A stage judges each for itself; order is kept.
#pragma once

#include <array>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "dataplane/packet/descriptor.h"
#include "dataplane/sa/child_sa.h"
#include "dataplane/sa/drop_reason.h"
#include "dataplane/sa/tunnel.h"

namespace esplane::dataplane {

/// What a stage says of a packet: nothing, and it goes on; or why it does not.
using Verdict = std::optional<DropReason>;

/// A drop is counted by worker, and by tunnel and SA as far as they are known.
template <typename Packet>
void count(DropCounters& drops, const Packet& packet, DropReason reason) {
    drops.count(reason);
    if (packet.tunnel != nullptr) packet.tunnel->drops.count(reason);
    if (packet.child != nullptr) packet.child->drops.count(reason);
}

/// `Packet` has members `tunnel` and `child`, null as long as they are not known.
template <typename Packet>
class Batch {
  public:
    void clear() { count_ = 0; }
    std::size_t size() const { return count_; }
    /// A packet of which nothing is known. Made in its place and by its own initializers alone: `Packet{}` would clear
    /// all of it first, and a copy would wait for its own making.
    Packet& add() { return *::new (static_cast<void*>(&packets_[count_++])) Packet; }
    std::span<Packet> packets() { return {packets_.data(), count_}; }

    /// Asks `judge(Packet&) -> Verdict` of each, in order; what does not go on is counted, once, and leaves the batch.
    template <typename Judge>
    void keep(DropCounters& drops, Judge judge) {
        take_or_keep(
            drops, [](Packet&) { return false; }, judge);
    }

    /// The same; but what `take(Packet&)` says true of leaves the batch for elsewhere first, and is not a drop.
    template <typename Take, typename Judge>
    void take_or_keep(DropCounters& drops, Take take, Judge judge) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            if (take(packets_[i])) continue;
            if (const Verdict verdict = judge(packets_[i])) {
                count(drops, packets_[i], *verdict);
                continue;
            }
            if (kept != i) packets_[kept] = packets_[i];
            ++kept;
        }
        count_ = kept;
    }

  private:
    std::array<Packet, kBurst> packets_;
    std::size_t count_ = 0;
};

}  // namespace esplane::dataplane
