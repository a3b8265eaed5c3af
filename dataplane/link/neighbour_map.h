// Where the neighbour table keeps what it says of an address, so that any number of threads read it while one changes
// it: without a lock, a wait or an allocation. What it says and when is the table's business.
//
// Entries have fixed places, and hang in chains by a hash of their keys. All that readers look at is atomic, and each
// place has a sequence number that is odd while its key changes (a seqlock, but nobody waits): a reader that meets such
// a change takes it for a miss. So a miss may be wrong, and is cleared up under the writers' lock; a hit never is.
// Words are stored with release and loaded with acquire, which keeps them between the two looks at the sequence number.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "dataplane/link/ethernet.h"
#include "dataplane/link/port_number.h"
#include "dataplane/packet/address.h"
#include "dataplane/packet/time_point.h"

namespace esplane::dataplane {

enum class NeighbourState : std::uint8_t {
    kFree,
    kIncomplete,  ///< asked for
    kFailed,      ///< nobody answered
    kResolved,
};
inline constexpr std::size_t kNeighbourStates = 4;

class NeighbourMap {
  public:
    struct View {
        std::uint32_t place = 0;
        NeighbourState state = NeighbourState::kFree;
        MacAddress mac;  ///< of a resolved one
        TimePoint due;   ///< when something is to be done about it
    };

    /// `seed` is random, so that no stranger chooses whose chain an address joins.
    NeighbourMap(std::uint32_t places, std::uint64_t seed);

    /// Any thread. One that is in the map throughout may be missed while others come and go, but not by the writer.
    std::optional<View> find(PortNumber port, const IpAddress& address) const;
    /// Any thread: somebody sends there. Often no more than a look.
    void mark_used(std::uint32_t place) const {
        if (!nodes_[place].used.load(std::memory_order_relaxed))
            nodes_[place].used.store(true, std::memory_order_relaxed);
    }

    // The rest is for one thread at a time.

    std::uint32_t places() const { return static_cast<std::uint32_t>(nodes_.size()); }
    /// `place` is free, and the key is nowhere in the map.
    void insert(std::uint32_t place, PortNumber port, const IpAddress& address, NeighbourState state, TimePoint due);
    /// Afterwards `place` is free.
    void erase(std::uint32_t place);
    void set(std::uint32_t place, NeighbourState state, const MacAddress& mac, TimePoint due);
    View at(std::uint32_t place) const { return view(place); }
    PortNumber port(std::uint32_t place) const;
    IpAddress address(std::uint32_t place) const;
    /// Whether it was marked since the last call.
    bool take_used(std::uint32_t place) { return nodes_[place].used.exchange(false, std::memory_order_relaxed); }

  private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    /// An address and a port in three words. IPv4 and IPv6 differ in the last.
    struct Key {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        std::uint32_t scope = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct alignas(64) Node {
        std::atomic<std::uint32_t> sequence{0};
        std::atomic<std::uint32_t> scope{0};
        std::atomic<std::uint64_t> high{0};
        std::atomic<std::uint64_t> low{0};
        std::atomic<std::uint64_t> state_and_mac{0};
        std::atomic<TimePoint::rep> due{0};
        std::atomic<std::uint32_t> next{kNone};
        mutable std::atomic<bool> used{false};
    };

    static Key key_of(PortNumber port, const IpAddress& address);
    std::size_t bucket_of(const Key& key) const;
    Key key_at(std::uint32_t place) const;
    View view(std::uint32_t place) const;

    std::uint64_t seed_;
    std::vector<Node> nodes_;
    std::vector<std::atomic<std::uint32_t>> buckets_;  // a power of two, at least twice as many as nodes
};

}  // namespace esplane::dataplane
