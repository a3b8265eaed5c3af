#include "dataplane/packet/outer_ip.h"

#include <algorithm>

#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {
namespace {

/// Of an IPv4 header: the fields that each packet has its own of, made zero.
void forget_what_changes(std::uint8_t* ip) {
    for (const std::uint32_t changing : {0U, 2U, 4U, 6U, 10U})
        store_be(ip + changing, std::uint16_t{0});
}

}  // namespace

OuterIp::OuterIp(const Path& outer, Encapsulation encapsulation)
    : v4_(outer.remote.address.family() == Family::kIpv4), has_udp_(encapsulation == Encapsulation::kUdp) {
    const std::uint32_t ip_length = plain_ip_header_length(outer.remote.address.family());
    length_ = static_cast<std::uint8_t>(ip_length + (has_udp_ ? kUdpHeader : 0U));
    std::uint8_t* const ip = octets_.data() + octets_.size() - length_;
    write_ip_header({.source = outer.local.address,
                     .destination = outer.remote.address,
                     .protocol = has_udp_ ? kProtocolUdp : kProtocolEsp},
                    ip);
    if (v4_) {
        forget_what_changes(ip);
        ip_sum_ = static_cast<std::uint16_t>(checksum_fold(checksum_add(0, {ip, ip_length})));
    }
    if (!has_udp_) return;
    store_be(ip + ip_length, outer.local.port);
    store_be(ip + ip_length + 2, outer.remote.port);
}

void OuterIp::write_ipv6(const Fields& fields, std::uint8_t* ip) const {
    constexpr std::uint32_t kIpv6Header = 40;
    store_be(ip, 0x60000000U | std::uint32_t{fields.traffic_class} << 20);
    store_be(ip + 4, static_cast<std::uint16_t>(behind_ip(fields)));
    if (!has_udp_) return;
    store_be(ip + kIpv6Header + 4, static_cast<std::uint16_t>(behind_ip(fields)));
    // RFC 8200 8.1: the peer's host drops a datagram that has no checksum.
    const ByteView packet(ip, length_ + fields.payload_bytes);
    const std::uint16_t sum = transport_checksum(packet, kIpv6Header, kProtocolUdp);
    store_be(ip + kIpv6Header + 6, sum == 0 ? std::uint16_t{0xffff} : sum);
}

}  // namespace esplane::dataplane
