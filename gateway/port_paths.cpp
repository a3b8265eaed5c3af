#include "gateway/port_paths.h"

#include <algorithm>

namespace esplane::gateway {
namespace {

constexpr std::uint32_t kHighestMtu = 1500;  // what lies beyond a jumbo link is unknown

}  // namespace

PortPaths::PortPaths(const dataplane::DpdkOptions& options) {
    for (const dataplane::PortOptions& port : options.ports)
        ports_.push_back(dataplane::setup_of(port, {}));
}

Result<OuterPath, std::string> PortPaths::find(const IpAddress& peer) const {
    const auto source = hops_.source_to(peer);
    if (!source) {
        return Failure{"no way to " + peer.to_string() +
                       ": it is on the link of no port of the cipher side, and none of those has a gateway"};
    }
    const auto hop = hops_.to_peer(*source, peer);
    return OuterPath{*source, std::min(ports_[to_number(hop->port)].mtu_bytes, kHighestMtu)};
}

}  // namespace esplane::gateway
