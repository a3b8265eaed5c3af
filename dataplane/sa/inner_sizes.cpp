#include "dataplane/sa/inner_sizes.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kUdpHeader = 8;
constexpr std::uint32_t kEspHeader = 8;   // SPI and sequence number
constexpr std::uint32_t kEspTrailer = 2;  // pad length and next header
constexpr std::uint32_t kIpv4AndTcp = 40;
constexpr std::uint32_t kIpv6AndTcp = 60;

std::uint16_t mss(std::uint32_t mtu, std::uint32_t headers) {
    return static_cast<std::uint16_t>(std::min(mtu > headers ? mtu - headers : 1, kLargestMtu));
}

}  // namespace

EspOverhead overhead(crypto::Encr encr, crypto::IntegId integ) {
    const std::size_t icv = crypto::is_aead(encr.id) ? crypto::icv_length(encr.id) : crypto::icv_length(integ);
    return {.iv = static_cast<std::uint32_t>(crypto::iv_length(encr.id)),
            .icv = static_cast<std::uint32_t>(icv),
            .alignment = static_cast<std::uint32_t>(crypto::block_length(encr.id))};
}

std::uint32_t inner_mtu(std::uint32_t path_mtu, const EspForm& form) {
    const std::uint32_t outer_ip = form.outer == Family::kIpv4 ? 20 : 40;
    const std::uint32_t udp = form.encapsulation == Encapsulation::kUdp ? kUdpHeader : 0;
    const std::uint32_t fixed = outer_ip + udp + kEspHeader + form.esp.iv + form.esp.icv;
    if (path_mtu < fixed + form.esp.alignment) return 0;
    const std::uint32_t encrypted = (path_mtu - fixed) / form.esp.alignment * form.esp.alignment;
    if (encrypted <= kEspTrailer) return 0;
    return encrypted - kEspTrailer + (form.mode == Mode::kTransport ? outer_ip : 0);
}

InnerSizes inner_sizes(std::uint32_t mtu, std::uint32_t mss_bytes) {
    const std::uint16_t of_ipv6 = mss(mtu, kIpv6AndTcp);
    if (mss_bytes == 0) return {mtu, mss(mtu, kIpv4AndTcp), of_ipv6};
    const auto configured = static_cast<std::uint16_t>(std::min(mss_bytes, kLargestMtu));
    return {mtu, configured, std::min(configured, of_ipv6)};
}

}  // namespace esplane::dataplane
