#include "dataplane/link/neighbour_map.h"

#include <algorithm>
#include <bit>

namespace esplane::dataplane {
namespace {

std::uint64_t pack(NeighbourState state, const MacAddress& mac) {
    return static_cast<std::uint64_t>(state) << MacAddress::kBits | mac.to_number();
}

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
    state = (state ^ word) * 0x9fb21c651e98df25ULL;
    return state ^ state >> 32;
}

}  // namespace

NeighbourMap::NeighbourMap(std::uint32_t places, std::uint64_t seed)
    : seed_(seed), nodes_(std::max<std::uint32_t>(places, 1)), buckets_(std::bit_ceil(nodes_.size() * 2)) {
    for (auto& bucket : buckets_)
        bucket.store(kNone, std::memory_order_relaxed);
}

NeighbourMap::Key NeighbourMap::key_of(PortNumber port, const IpAddress& address) {
    const auto family = static_cast<std::uint32_t>(address.family());
    return {address.high(), address.low(), family << 16 | to_number(port)};
}

std::size_t NeighbourMap::bucket_of(const Key& key) const {
    return mix(mix(mix(seed_, key.high), key.low), key.scope) & (buckets_.size() - 1);
}

NeighbourMap::Key NeighbourMap::key_at(std::uint32_t place) const {
    const Node& node = nodes_[place];
    return {node.high.load(std::memory_order_acquire), node.low.load(std::memory_order_acquire),
            node.scope.load(std::memory_order_acquire)};
}

NeighbourMap::View NeighbourMap::view(std::uint32_t place) const {
    const Node& node = nodes_[place];
    const std::uint64_t packed = node.state_and_mac.load(std::memory_order_acquire);
    return {.place = place,
            .state = static_cast<NeighbourState>(packed >> MacAddress::kBits),
            .mac = MacAddress::from_number(packed),
            .due = TimePoint(TimePoint::duration(node.due.load(std::memory_order_acquire)))};
}

std::optional<NeighbourMap::View> NeighbourMap::find(PortNumber port, const IpAddress& address) const {
    const Key key = key_of(port, address);
    std::uint32_t place = buckets_[bucket_of(key)].load(std::memory_order_acquire);
    // A place that is reused leads into another chain: the count keeps a reader from being led about for ever.
    for (std::size_t steps = 0; place != kNone && steps < nodes_.size(); ++steps) {
        const Node& node = nodes_[place];
        const std::uint32_t sequence = node.sequence.load(std::memory_order_acquire);
        if (key_at(place) == key) {
            const View found = view(place);
            const bool is_whole = sequence % 2 == 0 && node.sequence.load(std::memory_order_relaxed) == sequence;
            if (!is_whole || found.state == NeighbourState::kFree) return std::nullopt;
            return found;
        }
        place = node.next.load(std::memory_order_acquire);
    }
    return std::nullopt;
}

void NeighbourMap::insert(std::uint32_t place, PortNumber port, const IpAddress& address, NeighbourState state,
                          TimePoint due) {
    Node& node = nodes_[place];
    const Key key = key_of(port, address);
    std::atomic<std::uint32_t>& bucket = buckets_[bucket_of(key)];
    const std::uint32_t sequence = node.sequence.load(std::memory_order_relaxed);
    node.sequence.store(sequence + 1, std::memory_order_relaxed);
    node.high.store(key.high, std::memory_order_release);
    node.low.store(key.low, std::memory_order_release);
    node.scope.store(key.scope, std::memory_order_release);
    set(place, state, {}, due);
    node.used.store(false, std::memory_order_relaxed);
    node.next.store(bucket.load(std::memory_order_relaxed), std::memory_order_release);
    node.sequence.store(sequence + 2, std::memory_order_release);
    bucket.store(place, std::memory_order_release);
}

void NeighbourMap::erase(std::uint32_t place) {
    set(place, NeighbourState::kFree, {}, {});
    std::atomic<std::uint32_t>* link = &buckets_[bucket_of(key_at(place))];
    while (link->load(std::memory_order_relaxed) != place)
        link = &nodes_[link->load(std::memory_order_relaxed)].next;
    // Its own `next` stays: a reader that stands here goes on along the chain.
    link->store(nodes_[place].next.load(std::memory_order_relaxed), std::memory_order_release);
}

void NeighbourMap::set(std::uint32_t place, NeighbourState state, const MacAddress& mac, TimePoint due) {
    nodes_[place].due.store(due.time_since_epoch().count(), std::memory_order_release);
    nodes_[place].state_and_mac.store(pack(state, mac), std::memory_order_release);
}

PortNumber NeighbourMap::port(std::uint32_t place) const {
    return PortNumber{static_cast<std::uint16_t>(key_at(place).scope)};
}

IpAddress NeighbourMap::address(std::uint32_t place) const {
    const Key key = key_at(place);
    if (key.scope >> 16 == static_cast<std::uint32_t>(Family::kIpv4))
        return IpAddress::v4(static_cast<std::uint32_t>(key.high >> 32));
    std::array<std::uint8_t, 16> octets;
    store_be(octets.data(), key.high);
    store_be(octets.data() + 8, key.low);
    return IpAddress::v6(octets);
}

}  // namespace esplane::dataplane
