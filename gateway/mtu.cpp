#include "gateway/mtu.h"

#include <algorithm>

namespace esplane::gateway {
namespace {

constexpr std::uint32_t kLowestMtu = 576;  // what every IPv4 host accepts (RFC 791)

Family outer_family(const ike::TunnelOptions& tunnel) {
    if (tunnel.remote_address) return tunnel.remote_address->family();
    if (tunnel.local_address) return tunnel.local_address->family();
    return Family::kIpv6;
}

bool carries_ipv6(const TunnelOptions& tunnel) {
    return std::any_of(tunnel.remote_prefixes.begin(), tunnel.remote_prefixes.end(),
                       [](const Prefix& prefix) { return prefix.address.family() == Family::kIpv6; });
}

/// Below these the host would not take the MTU, or not speak IPv6; the outer packet is fragmented then.
std::uint32_t lowest_mtu(const TunnelOptions& tunnel) {
    return carries_ipv6(tunnel) ? dataplane::kLeastMtuIpv6 : kLowestMtu;
}

std::uint32_t worst_inner_mtu(const TunnelOptions& tunnel, std::uint32_t link_mtu) {
    const Family outer = outer_family(tunnel.ike);
    std::uint32_t worst = dataplane::kLargestMtu;
    for (const ike::EspProposal& proposal : tunnel.ike.esp_proposals) {
        auto integ = proposal.integ;
        if (integ.empty()) integ.push_back(crypto::IntegId::kNone);
        for (const crypto::Encr encr : proposal.encr) {
            for (const crypto::IntegId id : integ) {
                const dataplane::EspForm form{.esp = dataplane::overhead(encr, id),
                                              .outer = outer,
                                              .encapsulation = dataplane::Encapsulation::kUdp};
                worst = std::min(worst, dataplane::inner_mtu(link_mtu, form));
            }
        }
    }
    return std::max(worst, lowest_mtu(tunnel));
}

}  // namespace

dataplane::InnerSizes sizes_beforehand(const TunnelOptions& tunnel, std::uint32_t link_mtu) {
    return dataplane::inner_sizes(tunnel.mtu_bytes ? *tunnel.mtu_bytes : worst_inner_mtu(tunnel, link_mtu),
                                  tunnel.mss_bytes.value_or(0));
}

std::uint32_t route_mtu(const TunnelOptions& tunnel, std::uint32_t fits) {
    // The host's stack fragments and tells senders as the data plane does by default. With any other choice it must
    // not.
    const bool by_default = tunnel.fragment == dataplane::FragmentPolicy::kBefore &&
                            tunnel.df != dataplane::DfPolicy::kClear && tunnel.ike.mode == dataplane::Mode::kTunnel;
    if (!by_default) return dataplane::kLargestMtu;
    return std::max(fits, kLowestMtu);
}

}  // namespace esplane::gateway
