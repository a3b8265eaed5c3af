#include "dataplane/link/next_hops.h"

#include <algorithm>
#include <bit>

namespace esplane::dataplane {
namespace {

/// How many of the first bits two addresses of one family share.
int common_bits(const IpAddress& a, const IpAddress& b) {
    const std::uint64_t high = a.high() ^ b.high();
    if (high != 0) return std::countl_zero(high);
    return std::min(64 + std::countl_zero(a.low() ^ b.low()), a.bits());
}

bool share_link(const PortAddress& own, const IpAddress& other) {
    return own.address.family() == other.family() && common_bits(own.address, other) >= own.prefix_length;
}

/// The address of the port's with the longest prefix that has the other on its link; null when none has.
const PortAddress* on_link(const PortSetup& port, const IpAddress& other) {
    const PortAddress* best = nullptr;
    for (const PortAddress& own : port.addresses) {
        if (share_link(own, other) && (best == nullptr || own.prefix_length > best->prefix_length)) best = &own;
    }
    return best;
}

const IpAddress* gateway_of(const PortSetup& port, Family family) {
    const auto found = std::find_if(port.gateways.begin(), port.gateways.end(),
                                    [&](const IpAddress& gateway) { return gateway.family() == family; });
    return found == port.gateways.end() ? nullptr : &*found;
}

/// The next hop on the port's link, of what is for `destination`.
std::optional<IpAddress> hop_on(const PortSetup& port, const IpAddress& destination) {
    if (on_link(port, destination) != nullptr) return destination;
    const IpAddress* const gateway = gateway_of(port, destination.family());
    return gateway == nullptr ? std::nullopt : std::optional(*gateway);
}

/// Of the ports that `wanted(const PortSetup&)` says true of: with the destination on the link, else with a gateway.
template <typename Wanted>
std::optional<NextHop> find(const std::vector<PortSetup>& ports, const IpAddress& destination, Wanted wanted) {
    std::optional<NextHop> direct;
    std::optional<NextHop> by_gateway;
    int longest = -1;
    for (std::uint16_t i = 0; i < ports.size(); ++i) {
        if (!wanted(ports[i])) continue;
        const PortAddress* const own = on_link(ports[i], destination);
        if (own != nullptr && own->prefix_length > longest) {
            longest = own->prefix_length;
            direct = NextHop{PortNumber{i}, destination};
        }
        const IpAddress* const gateway = gateway_of(ports[i], destination.family());
        if (gateway != nullptr && !by_gateway) by_gateway = NextHop{PortNumber{i}, *gateway};
    }
    return direct ? direct : by_gateway;
}

}  // namespace

std::optional<NextHop> NextHops::to_host(const IpAddress& destination) const {
    return find(ports_, destination, [](const PortSetup& port) { return port.is_clear(); });
}

std::optional<NextHop> NextHops::to_peer(const IpAddress& source, const IpAddress& destination) const {
    for (std::uint16_t i = 0; i < ports_.size(); ++i) {
        if (!ports_[i].is_cipher() || !ports_[i].has(source)) continue;
        const auto hop = hop_on(ports_[i], destination);
        return hop ? std::optional(NextHop{PortNumber{i}, *hop}) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<NextHop> NextHops::from_own(const IpAddress& source, const IpAddress& destination) const {
    const auto first =
        std::find_if(ports_.begin(), ports_.end(), [&](const PortSetup& port) { return port.has(source); });
    if (first == ports_.end()) return std::nullopt;
    const NextHop direct{PortNumber{static_cast<std::uint16_t>(first - ports_.begin())}, destination};
    if (on_link(*first, destination) != nullptr) return direct;
    const auto elsewhere = find(ports_, destination, [](const PortSetup&) { return true; });
    if (elsewhere && elsewhere->address == destination) return elsewhere;
    const IpAddress* const gateway = gateway_of(*first, destination.family());
    return gateway == nullptr ? std::nullopt : std::optional(NextHop{direct.port, *gateway});
}

std::optional<IpAddress> NextHops::source_to(const IpAddress& peer) const {
    const auto hop = find(ports_, peer, [](const PortSetup& port) { return port.is_cipher(); });
    if (!hop) return std::nullopt;
    const PortSetup& port = ports_[to_number(hop->port)];
    const PortAddress* const own = on_link(port, hop->address);
    return own == nullptr ? std::nullopt : std::optional(own->address);
}

}  // namespace esplane::dataplane
