// A bounded queue of packets from one worker to another, copied in and handled in place. Neither side ever waits.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

class HandoffRing {
  public:
    static constexpr std::size_t kCapacity = 4U << 20;  ///< octets: 3 ms at 10 Gbps, or a slice of the scheduler's
    static constexpr std::size_t kLongest = 65536;      ///< octets of a packet

    /// `capacity`: a power of two, in octets, of which packets take some more than their length; 128 KiB at least.
    /// Mapped, so that only what is touched takes memory.
    explicit HandoffRing(std::size_t capacity = kCapacity);
    ~HandoffRing();
    HandoffRing(const HandoffRing&) = delete;
    HandoffRing& operator=(const HandoffRing&) = delete;

    /// The pushing thread. Copies the packet; the other side sees it after publish(). False when there is no room.
    bool push(const Received& packet);
    /// False when nothing was pushed since the last call.
    bool publish();

    /// The popping thread: the next packets in order. Their memory stays valid and writable until release(), with
    /// kTailroom octets behind each.
    std::size_t take(std::span<Received> out);
    /// Whether the last take() left something, or something came since.
    bool has_more() const;
    /// Gives the memory of all that take() handed out back.
    void release();

  private:
    static constexpr std::size_t kCacheLine = 64;
    struct Record;

    std::uint8_t* at(std::uint64_t position) const { return base_ + (position & (capacity_ - 1)); }
    std::size_t until_end(std::uint64_t position) const { return capacity_ - (position & (capacity_ - 1)); }
    bool has_room(std::size_t octets);

    std::size_t capacity_;
    std::uint8_t* base_;
    // Positions count octets from the beginning of time. The pushing side's and its copy of the other's share a line
    // that the other side reads once a turn.
    alignas(kCacheLine) std::atomic<std::uint64_t> tail_{0};
    std::uint64_t written_ = 0;
    std::uint64_t head_seen_ = 0;
    alignas(kCacheLine) std::atomic<std::uint64_t> head_{0};
    std::uint64_t taken_ = 0;
};

}  // namespace esplane::dataplane
