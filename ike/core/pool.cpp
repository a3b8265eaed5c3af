#include "ike/core/pool.h"

#include <algorithm>
#include <array>

namespace esplane::ike {
namespace {

IpAddress plus(const IpAddress& address, std::uint64_t distance) {
    if (address.family() == Family::kIpv4)
        return IpAddress::v4(static_cast<std::uint32_t>((address.high() >> 32U) + distance));
    const std::uint64_t low = address.low() + distance;
    std::array<std::uint8_t, 16> octets{};
    store_be(octets.data(), address.high() + (low < distance ? 1 : 0));
    store_be(octets.data() + 8, low);
    return IpAddress::v6(octets);
}

/// How far behind `first` an address of the same family is; empty when it is before it, or very far.
std::optional<std::uint64_t> distance(const IpAddress& first, const IpAddress& address) {
    if (address < first) return std::nullopt;
    if (address.family() == Family::kIpv4) return (address.high() - first.high()) >> 32U;
    const std::uint64_t low = address.low() - first.low();
    const std::uint64_t high = address.high() - first.high() - (address.low() < first.low() ? 1 : 0);
    return high == 0 ? std::optional(low) : std::nullopt;
}

/// The network's own address is no host's, nor is IPv4's last, its broadcast address; of IPv6, the first is any
/// router's (RFC 4291 2.6.1). A prefix of two addresses has two hosts (RFC 3021, RFC 6164).
std::uint64_t hosts_of(const Prefix& prefix) {
    const int host_bits = prefix.address.bits() - prefix.length;
    if (host_bits <= 1) return std::uint64_t{1} << static_cast<unsigned>(host_bits);
    const std::uint64_t all = std::uint64_t{1} << static_cast<unsigned>(std::min(host_bits, 32));
    return prefix.address.family() == Family::kIpv4 ? all - 2 : all - 1;
}

}  // namespace

Pool::Pool(const std::vector<Prefix>& prefixes) {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        std::vector<Range> ranges;
        std::uint64_t count = 0;
        for (const Prefix& prefix : prefixes) {
            if (prefix.address.family() != family) continue;
            const std::uint64_t hosts = hosts_of(prefix);
            const bool skips_first = prefix.length + 1 < prefix.address.bits();
            ranges.push_back({plus(prefix.address, skips_first ? 1 : 0), hosts});
            count = std::min<std::uint64_t>(count + hosts, kMost);
        }
        if (ranges.empty()) continue;
        const auto places = static_cast<Place>(count);
        size_ = families_.empty() ? places : std::min(size_, places);
        families_.push_back(std::move(ranges));
    }
}

std::optional<Pool::Place> Pool::lease(const std::string& peer, const std::vector<IpAddress>& wishes) {
    const auto known = by_peer_.find(peer);
    if (known != by_peer_.end()) {
        const Slot& slot = slots_.at(known->second);
        if (slot.in_use) return std::nullopt;
        free_.erase(slot.at);
        return take(known->second, peer);
    }
    if (const auto place = fresh(wishes)) return take(*place, peer);
    if (free_.empty()) return std::nullopt;
    const Place oldest = free_.front();
    free_.pop_front();
    by_peer_.erase(by_peer_.find(*slots_.at(oldest).peer));
    return take(oldest, peer);
}

std::optional<Pool::Place> Pool::fresh(const std::vector<IpAddress>& wishes) {
    for (const IpAddress& wish : wishes) {
        const auto place = place_of(wish);
        if (place && !slots_.contains(*place)) return place;
    }
    while (next_fresh_ < size_ && slots_.contains(next_fresh_))
        ++next_fresh_;
    return next_fresh_ < size_ ? std::optional(next_fresh_) : std::nullopt;
}

Pool::Place Pool::take(Place place, const std::string& peer) {
    const auto entry = by_peer_.insert_or_assign(peer, place).first;
    slots_[place] = {&entry->first, true, free_.end()};
    ++in_use_;
    return place;
}

void Pool::release(Place place) {
    Slot& slot = slots_.at(place);
    if (!slot.in_use) return;
    slot.in_use = false;
    slot.at = free_.insert(free_.end(), place);
    --in_use_;
}

std::vector<IpAddress> Pool::addresses_of(Place place) const {
    std::vector<IpAddress> addresses;
    for (const std::vector<Range>& ranges : families_) {
        std::uint64_t left = place;
        for (const Range& range : ranges) {
            if (left < range.count) {
                addresses.push_back(plus(range.first, left));
                break;
            }
            left -= range.count;
        }
    }
    return addresses;
}

std::optional<Pool::Place> Pool::place_of(const IpAddress& address) const {
    for (const std::vector<Range>& ranges : families_) {
        std::uint64_t before = 0;
        for (const Range& range : ranges) {
            if (range.first.family() != address.family()) break;
            const auto at = distance(range.first, address);
            if (at && *at < range.count && before + *at < size_) return static_cast<Place>(before + *at);
            before += range.count;
        }
    }
    return std::nullopt;
}

}  // namespace esplane::ike
