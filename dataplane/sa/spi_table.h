// Inbound SAs by SPI: open addressing, one probe in the usual case, no allocation on lookup.
#pragma once

#include <cstddef>
#include <vector>

#include "dataplane/sa/types.h"

namespace esplane::dataplane {

class ChildSa;

/// Does not own what it points to.
class SpiTable {
  public:
    SpiTable();
    ChildSa* find(Spi spi) const;
    /// False when the SPI is there already.
    bool insert(Spi spi, ChildSa* child);
    void erase(Spi spi);

  private:
    struct Entry {
        Spi spi{};
        ChildSa* child = nullptr;  // null: free
    };
    std::size_t home(Spi spi) const;
    std::size_t next(std::size_t index) const { return (index + 1) & (entries_.size() - 1); }
    void grow();

    std::vector<Entry> entries_;  // a power of two, at most half full
    std::size_t used_ = 0;
};

}  // namespace esplane::dataplane
