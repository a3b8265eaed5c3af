// Packets for a TUN device, consecutive segments of one flow joined to a super-packet (GRO): one write, and one way
// through the host's stack, for dozens. Nothing is copied: a super-packet is a list of pieces.
//
// A segment joins only if cutting the super-packet gives back every octet of it, and only with right checksums. The
// order of packets within a flow stays.
#pragma once

#include <sys/uio.h>

#include <array>
#include <span>

#include "dataplane/io/flow_segment.h"
#include "dataplane/io/offload.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

class Coalescer {
  public:
    /// Groups the packets of a burst into trains of what the devices take. The packets' memory stays the caller's, who
    /// must not change it until the trains have been sent.
    void group(std::span<const Slot> slots, OffloadSupport takes);

    std::size_t trains() const { return count_; }
    /// Packets in this train; each packet is in one.
    std::size_t packets(std::size_t train) const { return trains_[train].count; }
    ClearPort port(std::size_t train) const { return trains_[train].port; }
    /// Tells `visit(std::size_t)` the index of each packet in this train, in order.
    template <typename Visit>
    void for_each(std::size_t train, Visit visit) const {
        for (std::uint16_t at = trains_[train].first; at != kNone; at = next_[at])
            visit(std::size_t{at});
    }
    /// Finishes the headers of a train. What to write, in order: what the device is told of it, then the octets. Valid
    /// until the next call.
    std::span<const iovec> finish(std::size_t train);

  private:
    static constexpr std::uint16_t kNone = 0xffff;
    static constexpr std::size_t kMostOpen = 16;  ///< flows that interleave in a burst; more, and the oldest is closed

    struct Train {
        ClearPort port{};
        std::uint16_t first = kNone;  ///< slot
        std::uint16_t last = kNone;
        std::uint16_t count = 0;
        std::size_t payload = 0;  ///< of all segments; with `lead`, only of trains that others may join
        FlowSegment lead;         ///< the first segment
    };

    void add(std::uint16_t index);
    Train& start(std::uint16_t index);
    bool join(Train& train, std::uint16_t index, const FlowSegment& segment);
    /// `open_count_` when there is none.
    std::size_t find_open(ClearPort port, const FlowSegment& segment) const;
    void open(std::uint16_t train);
    void close(std::size_t open_index);
    void finish_headers(const Train& train);

    OffloadSupport takes_;
    std::span<const Slot> slots_;
    std::array<std::uint16_t, kBurst> next_{};  ///< the slot that follows in its train
    std::array<Train, kBurst> trains_;
    std::size_t count_ = 0;
    std::array<std::uint16_t, kMostOpen> open_{};  ///< trains that more may join, at most one a flow
    std::size_t open_count_ = 0;
    OffloadHeader offload_{};
    std::array<iovec, kBurst + 1> pieces_{};
};

}  // namespace esplane::dataplane
