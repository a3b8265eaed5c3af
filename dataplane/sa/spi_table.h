// Inbound SAs by SPI: open addressing, one probe in the usual case, no allocation on lookup.
#pragma once

#include <cstddef>
#include <vector>

#include "crypto/dense_memory.h"
#include "crypto/prefetch.h"
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

    /// Whether it is worth while to ask for a batch's entries before they are looked up.
    bool is_large() const { return used_ > kFew; }
    /// Asks for the entry that find() looks at first.
    void prefetch_entry(Spi spi) const { prefetch(&entries_[home(spi)]); }

  private:
    static constexpr std::size_t kFew = 32;

    struct Entry {
        Spi spi{};
        ChildSa* child = nullptr;  // null: free
    };
    std::size_t home(Spi spi) const {
        // Our SPIs are random, but an attacker chooses what is looked up: Fibonacci hashing keeps neighbours apart.
        const std::uint64_t mixed = to_number(spi) * 0x9e3779b97f4a7c15ULL;
        return static_cast<std::size_t>(mixed >> 32) & (entries_.size() - 1);
    }
    std::size_t next(std::size_t index) const { return (index + 1) & (entries_.size() - 1); }
    void grow();

    std::vector<Entry, DenseAllocator<Entry>> entries_;  // a power of two, at most half full
    std::size_t used_ = 0;
};

}  // namespace esplane::dataplane
