#include "dataplane/dpdk/peer_ways.h"

namespace esplane::dataplane {
namespace {

constexpr unsigned kBits = 10;

}  // namespace

PeerWays::PeerWays(const Links& links) : links_(links), fresh_(links.neighbours), entries_(std::size_t{1} << kBits) {}

const LinkWay& PeerWays::look_up(const OuterPath& outer) {
    static const LinkWay kNone;
    const auto hop = links_.hops.to_peer(outer.path.local.address, outer.path.remote.address);
    if (!hop) return kNone;
    const auto place = static_cast<std::uint32_t>(place_of(mix(hop->address) + to_number(hop->port), kBits));
    Entry& entry = entries_[place];
    const std::uint64_t now = fresh_.stamp();
    if (entry.stamp != now || entry.way.hop != *hop) {
        if (++serial_ == 0) ++serial_;
        entry = {.stamp = now, .serial = serial_, .way = way_to(links_, *hop)};
    }
    outer.note = {.serial = entry.serial, .place = place};
    return entry.way;
}

}  // namespace esplane::dataplane
