// The links' headers of packets to peers.
#pragma once

#include <vector>

#include "dataplane/dpdk/freshness.h"
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
        if (entry.serial == outer.note.serial && entry.stamp == fresh_.stamp()) [[likely]]
            return entry.way;
        return look_up(outer);
    }
    void grow_old() { fresh_.grow_old(); }

  private:
    struct Entry {
        std::uint64_t stamp = 0;   // none was made at that
        std::uint32_t serial = 0;  // of all that were ever made, so that no note is mistaken for another's; 0: none
        LinkWay way;
    };

    const LinkWay& look_up(const OuterPath& outer);

    const Links& links_;
    Freshness fresh_;
    std::vector<Entry> entries_;  // by a hash of the next hop; one that comes to the same place takes it over
    std::uint32_t serial_ = 0;
};

}  // namespace esplane::dataplane
