#include "dataplane/sa/network_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace esplane::dataplane {
namespace {

constexpr std::size_t kInitialEntries = 16;

/// A number whose first `length` bits are set; of at most 64.
std::uint64_t leading_ones(int length) {
    return length <= 0 ? 0 : ~std::uint64_t{0} << (64 - std::min(length, 64));
}

}  // namespace

NetworkTable::NetworkTable(std::uint8_t prefix_length)
    : prefix_length_(prefix_length),
      high_mask_(leading_ones(prefix_length)),
      low_mask_(leading_ones(prefix_length - 64)),
      entries_(kInitialEntries),
      unused_bits_(64 - std::countr_zero(kInitialEntries)) {}

void NetworkTable::add(ClearPort port, const IpAddress& network, Policy* policy) {
    if ((used_ + 1) * 2 > entries_.size()) grow();
    const Network key = network_of(port, network);
    Entry& entry = entries_[slot_of(key)];
    if (entry.first == nullptr) {
        entry.network = key;
        entry.first = policy;
        ++used_;
        return;
    }
    const bool known =
        entry.first == policy || std::find(entry.others.begin(), entry.others.end(), policy) != entry.others.end();
    if (!known) entry.others.push_back(policy);
}

void NetworkTable::remove(ClearPort port, const IpAddress& network, Policy* policy) {
    const std::size_t at = slot_of(network_of(port, network));
    Entry& entry = entries_[at];
    if (entry.first != policy) {
        std::erase(entry.others, policy);
    } else if (entry.others.empty()) {
        free(at);
    } else {
        entry.first = entry.others.front();
        entry.others.erase(entry.others.begin());
    }
}

void NetworkTable::free(std::size_t hole) {
    --used_;
    // Closes the gap: an entry moves into the hole unless its home lies behind the hole on its way here.
    for (std::size_t i = next(hole); entries_[i].first != nullptr; i = next(i)) {
        const std::size_t mask = entries_.size() - 1;
        if (((i - home(entries_[i].network)) & mask) >= ((i - hole) & mask)) {
            entries_[hole] = std::move(entries_[i]);
            hole = i;
        }
    }
    entries_[hole] = {};
}

void NetworkTable::grow() {
    decltype(entries_) old(entries_.size() * 2);
    std::swap(old, entries_);
    --unused_bits_;
    for (Entry& entry : old) {
        if (entry.first != nullptr) entries_[slot_of(entry.network)] = std::move(entry);
    }
}

}  // namespace esplane::dataplane
