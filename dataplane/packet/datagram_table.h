// What is remembered of datagrams whose fragments are still coming. Strangers decide how many there are, so everything
// is bounded and allocated beforehand: the table, what one source address may fill of it, and how long an entry stays.
// Where there is no room the oldest gives way: fragments of one datagram travel close together, so an old entry is
// most likely one whose rest was lost.
//
// Each entry hangs in three lists: all by age, those whose keys hash alike, those whose sources hash alike. Sources
// that hash alike share an allowance; the seed keeps an attacker from choosing with whom.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "dataplane/packet/fragment_header.h"
#include "dataplane/packet/time_point.h"

namespace esplane::dataplane {

struct DatagramLimits {
    std::uint32_t datagrams = 1024;
    std::uint32_t per_source = 256;
    std::chrono::nanoseconds timeout = std::chrono::seconds(30);
    std::uint64_t hash_seed = 0;  ///< random
};

/// `Value` is default-constructed once for each place and reused as its last user left it.
template <typename Value>
class DatagramTable {
  public:
    explicit DatagramTable(const DatagramLimits& limits)
        : limits_(limits),
          nodes_(std::max<std::uint32_t>(limits.datagrams, 1)),
          by_key_(std::bit_ceil(nodes_.size() * 2)),
          by_source_(by_key_.size()) {
        for (std::uint32_t i = 0; i < nodes_.size(); ++i)
            push<&Node::age>(free_, i);
    }

    std::uint32_t size() const { return by_age_.count; }

    /// Null if there is none. An entry that has timed out is there until expire().
    Value* find(const DatagramKey& key) {
        for (std::uint32_t i = by_key_[bucket_of_key(key)].last; i != kNone; i = nodes_[i].alike.before) {
            if (nodes_[i].key == key) return &nodes_[i].value;
        }
        return nullptr;
    }

    /// An entry for a key that has none. `gone(Value&)` is told of those that give way to it.
    template <typename Gone>
    Value& insert(const DatagramKey& key, TimePoint now, Gone gone) {
        const List& of_source = by_source_[bucket_of_source(key)];
        if (of_source.count >= std::max<std::uint32_t>(limits_.per_source, 1)) remove(of_source.first, gone);
        if (free_.count == 0) remove(by_age_.first, gone);
        const std::uint32_t index = free_.first;
        unlink<&Node::age>(free_, index);
        nodes_[index].key = key;
        nodes_[index].arrived = now;
        push<&Node::age>(by_age_, index);
        push<&Node::alike>(by_key_[bucket_of_key(key)], index);
        push<&Node::same_source>(by_source_[bucket_of_source(key)], index);
        return nodes_[index].value;
    }

    /// No-op when there is none.
    void erase(const DatagramKey& key) {
        for (std::uint32_t i = by_key_[bucket_of_key(key)].last; i != kNone; i = nodes_[i].alike.before) {
            if (nodes_[i].key == key) return remove(i, [](Value&) {});
        }
    }

    /// Removes those that arrived a timeout ago or longer.
    template <typename Gone>
    void expire(TimePoint now, Gone gone) {
        while (by_age_.count > 0 && now - nodes_[by_age_.first].arrived >= limits_.timeout)
            remove(by_age_.first, gone);
    }

    /// Removes the oldest but `spared`. False when there is no other.
    template <typename Gone>
    bool remove_oldest_but(const Value& spared, Gone gone) {
        std::uint32_t oldest = by_age_.first;
        if (oldest != kNone && &nodes_[oldest].value == &spared) oldest = nodes_[oldest].age.after;
        if (oldest == kNone) return false;
        remove(oldest, gone);
        return true;
    }

  private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    struct Link {
        std::uint32_t before = kNone;
        std::uint32_t after = kNone;
    };
    struct List {
        std::uint32_t first = kNone;
        std::uint32_t last = kNone;
        std::uint32_t count = 0;
    };
    struct Node {
        DatagramKey key;
        TimePoint arrived;
        Link age;  // in by_age_ or in free_
        Link alike;
        Link same_source;
        Value value;
    };

    template <Link Node::*kLink>
    void push(List& list, std::uint32_t index) {
        nodes_[index].*kLink = {.before = list.last};
        (list.last == kNone ? list.first : (nodes_[list.last].*kLink).after) = index;
        list.last = index;
        ++list.count;
    }

    template <Link Node::*kLink>
    void unlink(List& list, std::uint32_t index) {
        const Link link = nodes_[index].*kLink;
        (link.before == kNone ? list.first : (nodes_[link.before].*kLink).after) = link.after;
        (link.after == kNone ? list.last : (nodes_[link.after].*kLink).before) = link.before;
        --list.count;
    }

    template <typename Gone>
    void remove(std::uint32_t index, Gone gone) {
        Node& node = nodes_[index];
        gone(node.value);
        unlink<&Node::age>(by_age_, index);
        unlink<&Node::alike>(by_key_[bucket_of_key(node.key)], index);
        unlink<&Node::same_source>(by_source_[bucket_of_source(node.key)], index);
        push<&Node::age>(free_, index);
    }

    static std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
        state = (state ^ word) * 0x9fb21c651e98df25ULL;
        return state ^ state >> 32;
    }
    static std::uint64_t mix(std::uint64_t state, const IpAddress& address) {
        for (std::size_t i = 0; i < address.octets().size(); i += 4)
            state = mix(state, load_be<std::uint32_t>(address.octets().data() + i));
        return state;
    }
    std::size_t bucket_of_source(const DatagramKey& key) const {
        return mix(mix(limits_.hash_seed, key.source), key.scope) & (by_source_.size() - 1);
    }
    std::size_t bucket_of_key(const DatagramKey& key) const {
        const std::uint64_t rest = std::uint64_t{key.protocol} << 32 | key.identification;
        return mix(mix(mix(mix(limits_.hash_seed, key.source), key.destination), rest), key.scope) &
               (by_key_.size() - 1);
    }

    DatagramLimits limits_;
    std::vector<Node> nodes_;
    std::vector<List> by_key_;  // a power of two
    std::vector<List> by_source_;
    List by_age_;
    List free_;
};

}  // namespace esplane::dataplane
