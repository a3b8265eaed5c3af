#include "dataplane/sa/spi_table.h"

#include <utility>

namespace esplane::dataplane {
namespace {

constexpr std::size_t kInitialEntries = 64;

}  // namespace

SpiTable::SpiTable() : entries_(kInitialEntries) {}

ChildSa* SpiTable::find(Spi spi) const {
    for (std::size_t i = home(spi); entries_[i].child != nullptr; i = next(i)) {
        if (entries_[i].spi == spi) return entries_[i].child;
    }
    return nullptr;
}

bool SpiTable::insert(Spi spi, ChildSa* child) {
    if (find(spi) != nullptr) return false;
    if ((used_ + 1) * 2 > entries_.size()) grow();
    std::size_t i = home(spi);
    while (entries_[i].child != nullptr)
        i = next(i);
    entries_[i] = {spi, child};
    ++used_;
    return true;
}

void SpiTable::erase(Spi spi) {
    std::size_t hole = home(spi);
    while (entries_[hole].child != nullptr && entries_[hole].spi != spi)
        hole = next(hole);
    if (entries_[hole].child == nullptr) return;
    --used_;
    // Closes the gap: an entry moves into the hole unless its home lies behind the hole on its way here.
    for (std::size_t i = next(hole); entries_[i].child != nullptr; i = next(i)) {
        const std::size_t mask = entries_.size() - 1;
        if (((i - home(entries_[i].spi)) & mask) >= ((i - hole) & mask)) {
            entries_[hole] = entries_[i];
            hole = i;
        }
    }
    entries_[hole] = {};
}

void SpiTable::grow() {
    decltype(entries_) old(entries_.size() * 2);
    std::swap(old, entries_);
    used_ = 0;
    for (const Entry& entry : old) {
        if (entry.child != nullptr) insert(entry.spi, entry.child);
    }
}

}  // namespace esplane::dataplane
