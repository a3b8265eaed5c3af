// Packets for a TUN device, consecutive segments of one flow joined to a super-packet (GRO): one write, and one way
// through the host's stack, for dozens. Nothing is copied: a super-packet is a list of pieces.
//
// A segment joins only if cutting the super-packet gives back every octet of it, and only with right checksums. The
// order of packets within a flow stays. A super-packet that the end of a burst cuts in two may wait for its rest.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <span>

#include "dataplane/io/flow_segment.h"
#include "dataplane/io/offload.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

class Coalescer {
  public:
    /// Packets that can be told apart: two bursts, of which one may still wait.
    static constexpr std::size_t kMostPackets = 2 * kBurst;

    /// Groups the packets of a burst into trains of what the devices take, behind those that are held from the burst
    /// before. The packets, numbered from `first`, stay the caller's memory, who must not change it until their trains
    /// have been sent, and keeps room for an OffloadHeader before each.
    void group(std::span<const Slot> slots, std::size_t first, OffloadSupport takes);

    std::size_t trains() const { return count_; }
    /// Packets in this train; each packet is in one.
    std::size_t packets(std::size_t train) const { return trains_[train].count; }
    ClearPort port(std::size_t train) const { return trains_[train].port; }
    /// The number of its first packet.
    std::size_t first(std::size_t train) const { return trains_[train].first; }
    /// Whether packets to come may still join.
    bool is_open(std::size_t train) const;
    /// Tells `visit(std::size_t)` the number of each packet in this train, in order.
    template <typename Visit>
    void for_each(std::size_t train, Visit visit) const {
        for (std::uint16_t at = trains_[train].first; at != kNone; at = next_[at])
            visit(std::size_t{at});
    }
    /// Forgets all trains but those that `is_held(std::size_t train) -> bool` says true of, which are open ones.
    template <typename IsHeld>
    void forget(IsHeld is_held) {
        std::size_t kept = 0;
        std::array<std::uint16_t, kMostOpen> held;
        for (std::size_t at = 0; at < open_count_; ++at) {
            if (is_held(std::size_t{open_[at]})) held[kept++] = open_[at];
        }
        // In the order in which they began. A train only ever moves to the front.
        std::sort(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(kept));
        for (std::size_t at = 0; at < kept; ++at) {
            trains_[at] = trains_[held[at]];
            open_[at] = static_cast<std::uint16_t>(at);
        }
        count_ = open_count_ = kept;
    }
    /// Finishes the headers of a train. What to write, in order: what the device is told of it, then the octets, in one
    /// piece with the first packet. Valid until the next call.
    std::span<const iovec> finish(std::size_t train);

  private:
    static constexpr std::uint16_t kNone = 0xffff;
    static constexpr std::size_t kMostOpen = 16;  ///< flows that interleave in a burst; more, and the oldest is closed

    struct Train {
        ClearPort port{};
        std::uint16_t first = kNone;  ///< packet
        std::uint16_t last = kNone;
        std::uint16_t count = 0;
        std::size_t payload = 0;  ///< of all segments; with `lead`, only of trains that others may join
        FlowSegment lead;         ///< the first segment
    };

    void add(std::uint16_t index, ClearPort port);
    Train& start(std::uint16_t index, ClearPort port);
    bool join(Train& train, std::uint16_t index, const FlowSegment& segment);
    /// `open_count_` when there is none.
    std::size_t find_open(ClearPort port, const FlowSegment& segment) const;
    void open(std::uint16_t train);
    void close(std::size_t open_index);
    static OffloadHeader describe(const Train& train);
    void finish_headers(const Train& train);

    OffloadSupport takes_;
    std::array<MutableByteView, kMostPackets> packets_;
    std::array<std::uint16_t, kMostPackets> next_{};  ///< the packet that follows in its train
    std::array<Train, kBurst + kMostOpen> trains_;
    std::size_t count_ = 0;
    std::array<std::uint16_t, kMostOpen> open_{};  ///< trains that more may join, at most one a flow
    std::size_t open_count_ = 0;
    std::array<iovec, kMostPackets> pieces_{};
};

}  // namespace esplane::dataplane
