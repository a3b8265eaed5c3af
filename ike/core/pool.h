// The virtual addresses of a tunnel's peers: who has which, and who had which last.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dataplane/packet/address.h"

namespace esplane::ike {

/// What a tunnel hands out to each of its peers.
struct PoolOptions {
    std::vector<Prefix> addresses;  ///< of one family or of both: each peer gets an address of each family
    std::vector<IpAddress> dns;
    friend bool operator==(const PoolOptions&, const PoolOptions&) = default;
};

/// Every step takes the same time, however large the pool is. What was never handed out costs no memory.
class Pool {
  public:
    /// A peer's place: the same one in the addresses of both families.
    using Place = std::uint32_t;

    /// Of a longer list of addresses only so many are handed out.
    static constexpr Place kMost = 1U << 16U;

    explicit Pool(const std::vector<Prefix>& prefixes);

    /// How many peers have room: the family with fewer addresses decides.
    Place size() const { return size_; }
    Place in_use() const { return in_use_; }

    /// For a peer that has none. The place that it had last, if that is free; else one of its `wishes`, if nobody has
    /// ever had it; else one that nobody has had, or the one that is free for the longest time. Empty: all are taken.
    std::optional<Place> lease(const std::string& peer, const std::vector<IpAddress>& wishes);
    /// It stays known as the peer's, who gets it again unless somebody else had to get it.
    void release(Place place);

    /// One of each family that the pool has, IPv4 first.
    std::vector<IpAddress> addresses_of(Place place) const;

  private:
    /// A prefix without the addresses that no host may have.
    struct Range {
        IpAddress first;
        std::uint64_t count = 0;
    };
    struct Slot {
        const std::string* peer = nullptr;  ///< the key in `by_peer_`
        bool in_use = false;
        std::list<Place>::iterator at;  ///< in `free_`, unless in use
    };

    std::optional<Place> fresh(const std::vector<IpAddress>& wishes);
    std::optional<Place> place_of(const IpAddress& address) const;
    Place take(Place place, const std::string& peer);

    std::vector<std::vector<Range>> families_;
    Place size_ = 0;
    Place in_use_ = 0;
    Place next_fresh_ = 0;  ///< all before it have been handed out once
    std::unordered_map<Place, Slot> slots_;
    std::unordered_map<std::string, Place> by_peer_;  ///< who has it, or had it last
    std::list<Place> free_;                           ///< of those handed out once; free for the longest time first
};

}  // namespace esplane::ike
