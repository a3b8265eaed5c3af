// The links' headers of packets to peers.
#pragma once

#include <vector>

#include "dataplane/dpdk/link_way.h"
#include "dataplane/sa/outer_path.h"

namespace esplane::dataplane {

/// By next hop: peers behind one router have one. Each path notes which is its own, so that a packet finds it without
/// a search.
class PeerWays {
  public:
    /// `links` must outlive it.
    explicit PeerWays(const Links& links);

    /// Good until the next call.
    const LinkWay& find(const OuterPath& outer) {
        const Entry& entry = entries_[outer.note.place];
        if (entry.serial == outer.note.serial && entry.stamp == stamp()) [[likely]]
            return entry.way;
        return look_up(outer);
    }
    /// To be called every second or so: everything is made anew then, or the neighbour table would think that nobody
    /// uses its entries.
    void grow_old() { ++age_; }

  private:
    struct Entry {
        std::uint64_t stamp = 0;
        std::uint32_t serial = 0;  // of all that were ever made, so that no note is mistaken for another's; 0: none
        LinkWay way;
    };

    /// Of the neighbours as they are now. Read before the table is: a change in between makes an entry old, not wrong.
    std::uint64_t stamp() const { return links_.neighbours.generation() + age_; }
    const LinkWay& look_up(const OuterPath& outer);

    const Links& links_;
    std::vector<Entry> entries_;  // by a hash of the next hop; one that comes to the same place takes it over
    std::uint64_t age_ = 1;       // no entry has been made with the stamp 0
    std::uint32_t serial_ = 0;
};

}  // namespace esplane::dataplane
