// Policies by remote network, for networks of one prefix length: open addressing, one cache line in the usual case, no
// allocation on lookup.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "crypto/dense_memory.h"
#include "crypto/prefetch.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

struct Policy;

/// Of one address family. Does not own what it points to.
class NetworkTable {
  public:
    explicit NetworkTable(std::uint8_t prefix_length);

    std::uint8_t prefix_length() const { return prefix_length_; }
    bool empty() const { return used_ == 0; }
    /// Once more for the same network is no change.
    void add(ClearPort port, const IpAddress& network, Policy* policy);
    void remove(ClearPort port, const IpAddress& network, Policy* policy);

    /// Asks `fits(Policy&)` of the tunnels of the address's network, in the order of adding, up to the first of
    /// which it is true. Null if there is none.
    template <typename Fits>
    Policy* find(ClearPort port, const IpAddress& address, Fits fits) const {
        const Entry& entry = entries_[slot_of(network_of(port, address))];
        if (entry.first == nullptr) return nullptr;
        if (fits(*entry.first)) [[likely]]
            return entry.first;
        for (Policy* policy : entry.others) {
            if (fits(*policy)) return policy;
        }
        return nullptr;
    }

    /// How many entries find() looks at.
    std::size_t looks(ClearPort port, const IpAddress& address) const {
        const Network network = network_of(port, address);
        return ((slot_of(network) - home(network)) & (entries_.size() - 1)) + 1;
    }

    /// Asks for the entry that find() looks at first.
    void prefetch_entry(ClearPort port, const IpAddress& address) const {
        prefetch(&entries_[home(network_of(port, address))]);
    }
    /// Asks for the policy that this entry names.
    void prefetch_policy(ClearPort port, const IpAddress& address) const {
        prefetch(entries_[home(network_of(port, address))].first);
    }

  private:
    struct Network {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        ClearPort port{};
        friend bool operator==(const Network&, const Network&) = default;
    };
    struct alignas(64) Entry {
        Network network;
        Policy* first = nullptr;      // null: free
        std::vector<Policy*> others;  // of the same network
    };

    Network network_of(ClearPort port, const IpAddress& address) const {
        return {address.high() & high_mask_, address.low() & low_mask_, port};
    }
    std::size_t home(const Network& network) const {
        // Fibonacci hashing: of the product, the highest bits depend on every bit. Those of a network's address are the
        // high ones, of which the product's lower bits know nothing.
        const std::uint64_t mixed =
            (network.high ^ network.low * 0xff51afd7ed558ccdULL ^ to_number(network.port)) * 0x9e3779b97f4a7c15ULL;
        return static_cast<std::size_t>(mixed >> unused_bits_);
    }
    /// Where the network is, or would be.
    std::size_t slot_of(const Network& network) const {
        std::size_t i = home(network);
        while (entries_[i].first != nullptr && entries_[i].network != network)
            i = next(i);
        return i;
    }
    std::size_t next(std::size_t index) const { return (index + 1) & (entries_.size() - 1); }
    void grow();
    void free(std::size_t index);

    std::uint8_t prefix_length_;
    std::uint64_t high_mask_;
    std::uint64_t low_mask_;
    std::vector<Entry, DenseAllocator<Entry>> entries_;  // a power of two, at most half full
    std::size_t used_ = 0;
    int unused_bits_;  // of a hash
};

}  // namespace esplane::dataplane
