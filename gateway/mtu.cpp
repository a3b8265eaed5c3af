#include "gateway/mtu.h"

#include <algorithm>

namespace esplane::gateway {
namespace {

constexpr std::uint32_t kUdpHeader = 8;
constexpr std::uint32_t kEspHeader = 8;   // SPI and sequence number
constexpr std::uint32_t kEspTrailer = 2;  // pad length and next header
constexpr std::uint32_t kIpv4AndTcp = 40;
constexpr std::uint32_t kIpv6AndTcp = 60;
constexpr std::uint32_t kLowestMtu = 576;       // what every IPv4 host accepts (RFC 791)
constexpr std::uint32_t kLowestMtuIpv6 = 1280;  // RFC 8200 5
constexpr std::uint32_t kHighestMtu = 65535;

Family outer_family(const ike::TunnelOptions& tunnel) {
    if (tunnel.remote_address) return tunnel.remote_address->family();
    if (tunnel.local_address) return tunnel.local_address->family();
    return Family::kIpv6;
}

bool carries_ipv6(const TunnelOptions& tunnel) {
    return std::any_of(tunnel.remote_prefixes.begin(), tunnel.remote_prefixes.end(),
                       [](const Prefix& prefix) { return prefix.address.family() == Family::kIpv6; });
}

std::uint32_t worst_inner_mtu(const TunnelOptions& tunnel, std::uint32_t link_mtu) {
    const Family outer = outer_family(tunnel.ike);
    std::uint32_t worst = kHighestMtu;
    for (const ike::EspProposal& proposal : tunnel.ike.esp_proposals) {
        auto integ = proposal.integ;
        if (integ.empty()) integ.push_back(crypto::IntegId::kNone);
        for (const crypto::Encr encr : proposal.encr) {
            for (const crypto::IntegId id : integ) {
                worst = std::min(worst, inner_mtu(link_mtu, outer, true, overhead(encr, id)));
            }
        }
    }
    // Below these the host would not take the MTU, or not speak IPv6; the outer packet is fragmented then.
    return std::max(worst, carries_ipv6(tunnel) ? kLowestMtuIpv6 : kLowestMtu);
}

std::uint16_t mss(std::uint32_t mtu, std::uint32_t headers) {
    return static_cast<std::uint16_t>(std::min(mtu > headers ? mtu - headers : 1, kHighestMtu));
}

}  // namespace

EspOverhead overhead(crypto::Encr encr, crypto::IntegId integ) {
    const std::size_t icv = crypto::is_aead(encr.id) ? crypto::icv_length(encr.id) : crypto::icv_length(integ);
    return {.iv = static_cast<std::uint32_t>(crypto::iv_length(encr.id)),
            .icv = static_cast<std::uint32_t>(icv),
            .alignment = static_cast<std::uint32_t>(crypto::block_length(encr.id))};
}

std::uint32_t inner_mtu(std::uint32_t link_mtu, Family outer, bool udp_encapsulation, EspOverhead esp) {
    const std::uint32_t outer_ip = outer == Family::kIpv4 ? 20 : 40;
    const std::uint32_t fixed = outer_ip + (udp_encapsulation ? kUdpHeader : 0) + kEspHeader + esp.iv + esp.icv;
    if (link_mtu < fixed + esp.alignment) return 0;
    const std::uint32_t encrypted = (link_mtu - fixed) / esp.alignment * esp.alignment;
    return encrypted > kEspTrailer ? encrypted - kEspTrailer : 0;
}

TunnelSizes tunnel_sizes(const TunnelOptions& tunnel, std::uint32_t link_mtu) {
    TunnelSizes sizes;
    sizes.mtu = tunnel.mtu_bytes ? *tunnel.mtu_bytes : worst_inner_mtu(tunnel, link_mtu);
    sizes.mss_ipv4 = mss(sizes.mtu, kIpv4AndTcp);
    sizes.mss_ipv6 = mss(sizes.mtu, kIpv6AndTcp);
    if (tunnel.mss_bytes) {
        const auto configured = static_cast<std::uint16_t>(std::min(*tunnel.mss_bytes, kHighestMtu));
        sizes.mss_ipv4 = configured;
        // One number is written for both families; the longer IPv6 header must not make it exceed the MTU.
        sizes.mss_ipv6 = std::min(configured, sizes.mss_ipv6);
    }
    return sizes;
}

}  // namespace esplane::gateway
