// Headers of plain packets to hosts of the clear side, each written once and used again as long as the neighbours are
// the same.
#pragma once

#include <vector>

#include "dataplane/dpdk/freshness.h"
#include "dataplane/dpdk/link_way.h"

namespace esplane::dataplane {

class LinkHeaders {
  public:
    struct Way {
        LinkWay link;         ///< exists, if a clear port has the destination on its link, or a gateway
        bool is_own = false;  ///< it is an address of the gateway's
    };

    /// `links` must outlive it.
    explicit LinkHeaders(const Links& links)
        : links_(links), fresh_(links.neighbours), entries_(std::size_t{1} << kBits) {}

    /// Good until the next call.
    const Way& find(const IpAddress& destination) {
        Entry& entry = entries_[place_of(mix(destination), kBits)];
        const std::uint64_t now = fresh_.stamp();
        if (entry.stamp != now || entry.destination != destination) [[unlikely]]
            entry = {.destination = destination, .stamp = now, .way = make(destination)};
        return entry.way;
    }
    void grow_old() { fresh_.grow_old(); }

  private:
    static constexpr unsigned kBits = 12;

    struct Entry {
        IpAddress destination;
        std::uint64_t stamp = 0;  // none was made at that
        Way way;
    };
    Way make(const IpAddress& destination) const;

    const Links& links_;
    Freshness fresh_;
    std::vector<Entry> entries_;  // by a hash of the destination; one that comes to the same place takes it over
};

}  // namespace esplane::dataplane
