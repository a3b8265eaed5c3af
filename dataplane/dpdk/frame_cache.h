// Headers that were written for a destination, to be used again for the next packet to it, as long as the neighbours
// are the same.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/link/neighbour_table.h"

namespace esplane::dataplane {

inline std::uint64_t mix(const IpAddress& address) {
    return address.high() ^ address.high() >> 32 ^ address.low();
}

/// Which of 2^`bits` places a mix belongs to. Fibonacci hashing: its high bits depend on all of the mix's.
inline std::size_t place_of(std::uint64_t mixed, unsigned bits) {
    return mixed * 0x9e3779b97f4a7c15ULL >> (64 - bits);
}

/// Direct-mapped, 2^`kBits` entries. `Sought` is what is looked for, without a copy of it; `Key` is made of it and
/// kept. They have an operator==, and there is a function `mix(sought)` whose bits differ as keys do.
template <typename Key, typename Value, unsigned kBits>
class FrameCache {
  public:
    /// `neighbours` must outlive it.
    explicit FrameCache(const NeighbourTable& neighbours)
        : neighbours_(neighbours), entries_(std::size_t{1} << kBits) {}

    /// What `make()` returned for this key.
    template <typename Sought, typename Make>
    const Value& find(const Sought& sought, const Make& make) {
        Entry& entry = entries_[place_of(mix(sought), kBits)];
        // Read before the table is: a change in between makes the entry old, not wrong.
        const std::uint64_t stamp = neighbours_.generation() + age_;
        if (entry.stamp != stamp || !(entry.key == sought)) [[unlikely]]
            entry = {Key(sought), stamp, make()};
        return entry.value;
    }
    /// To be called every second or so: everything is made anew then, or the neighbour table would think that nobody
    /// uses its entries.
    void grow_old() { ++age_; }

  private:
    struct Entry {
        Key key;
        std::uint64_t stamp = 0;
        Value value;
    };

    const NeighbourTable& neighbours_;
    std::vector<Entry> entries_;
    std::uint64_t age_ = 1;  // no entry has been made with the stamp 0
};

}  // namespace esplane::dataplane
