// What was made of the neighbours as they are now, told from what is older.
#pragma once

#include <cstdint>

#include "dataplane/link/neighbour_table.h"

namespace esplane::dataplane {

/// One worker's.
class Freshness {
  public:
    /// `neighbours` must outlive it.
    explicit Freshness(const NeighbourTable& neighbours) : neighbours_(neighbours) {}

    /// Never 0, and another one whenever what was made before is old. To be read before the table is: a change in
    /// between makes a thing old, not wrong.
    std::uint64_t stamp() const { return neighbours_.generation() + age_; }
    /// To be called every second or so: everything is made anew then, or the neighbour table would think that nobody
    /// uses its entries.
    void grow_old() { ++age_; }

  private:
    const NeighbourTable& neighbours_;
    std::uint64_t age_ = 1;
};

}  // namespace esplane::dataplane
