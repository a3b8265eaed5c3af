// ESP packets whose SA is not installed yet. A peer may send on a new SA as soon as it has answered our request (RFC
// 7296 2.8), and its first packets can overtake the answer on the way through our control thread: a rekey would lose
// them. They wait here for a moment, unverified and bounded, and go through every stage once their SA is there.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataplane/packet/descriptor.h"
#include "dataplane/sa/drop_reason.h"

namespace esplane::dataplane {

class EarlyArrivals {
  public:
    static constexpr std::size_t kMost = 64;
    static constexpr std::size_t kLongest = 2048;
    static constexpr std::int64_t kPatience = 200'000'000;  ///< nanoseconds

    EarlyArrivals();

    /// Keeps a copy; the oldest gives way when there is no room. False when it is too long to be kept.
    bool keep(const Received& received, std::int64_t now, DropCounters& drops);
    /// Counts those whose SA did not come in time as of an unknown SPI, and hands each to `on_unknown(received)`.
    template <typename OnUnknown>
    void expire(std::int64_t now, DropCounters& drops, const OnUnknown& on_unknown) {
        while (count_ > 0 && (at(0).taken || now - at(0).arrived >= kPatience)) {
            if (!at(0).taken) {
                drops.count(DropReason::kUnknownSpi);
                on_unknown(at(0).received);
            }
            forget_oldest();
        }
    }
    bool empty() const { return count_ == 0; }
    /// Takes out those with this SPI, in order, at most as many as given. Valid until the next keep().
    std::size_t claim(Spi spi, std::span<Received> out);

  private:
    struct Entry {
        Received received;  // its octets lie in `copy`
        std::array<std::uint8_t, kLongest + 64> copy;
        std::int64_t arrived = 0;
        bool taken = true;
    };
    Entry& at(std::size_t index) { return entries_[(oldest_ + index) % kMost]; }
    void forget_oldest();

    std::vector<Entry> entries_;
    std::size_t oldest_ = 0;
    std::size_t count_ = 0;
};

}  // namespace esplane::dataplane
