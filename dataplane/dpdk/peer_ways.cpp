#include "dataplane/dpdk/peer_ways.h"

#include "dataplane/dpdk/frame_cache.h"

namespace esplane::dataplane {
namespace {

constexpr unsigned kBits = 10;

}  // namespace

PeerWays::PeerWays(const Links& links) : links_(links), entries_(std::size_t{1} << kBits) {}

const PeerWays::Way& PeerWays::look_up(const OuterPath& outer) {
    static const Way kNone;
    const auto hop = links_.hops.to_peer(outer.path.local.address, outer.path.remote.address);
    if (!hop) return kNone;
    const auto place = static_cast<std::uint32_t>(place_of(mix(hop->address) + to_number(hop->port), kBits));
    Entry& entry = entries_[place];
    const std::uint64_t now = stamp();
    if (entry.stamp != now || entry.way.hop != *hop) {
        if (++serial_ == 0) ++serial_;
        entry = {.stamp = now, .serial = serial_, .way = make(*hop)};
    }
    outer.note = {.serial = entry.serial, .place = place};
    return entry.way;
}

PeerWays::Way PeerWays::make(const NextHop& hop) const {
    const auto mac = links_.neighbours.find(hop.port, hop.address);
    const PortSetup& port = links_.setup(hop.port);
    const std::uint16_t type = hop.address.family() == Family::kIpv4 ? kEtherTypeIpv4 : kEtherTypeIpv6;
    return {.hop = hop,
            .exists = true,
            .has_mac = mac.has_value(),
            .mtu_bytes = port.mtu_bytes,
            .header = LinkHeader(
                {.destination = mac.value_or(MacAddress{}), .source = port.mac, .type = type, .vlan = port.vlan})};
}

}  // namespace esplane::dataplane
