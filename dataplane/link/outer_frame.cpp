#include "dataplane/link/outer_frame.h"

#include <algorithm>
#include <cstring>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kUdpHeader = 8;
constexpr std::uint16_t kDontFragment = 0x4000;

}  // namespace

OuterFrame::OuterFrame(const Path& outer, Encapsulation encapsulation, MacAddress from, MacAddress to,
                       std::optional<std::uint16_t> vlan) {
    const Family family = outer.remote.address.family();
    const bool udp = encapsulation == Encapsulation::kUdp;
    v4_ = family == Family::kIpv4;
    link_ =
        write_ethernet({.destination = to, .source = from, .type = v4_ ? kEtherTypeIpv4 : kEtherTypeIpv6, .vlan = vlan},
                       octets_.data());
    std::uint8_t* const ip = octets_.data() + link_;
    write_ip_header({.source = outer.local.address,
                     .destination = outer.remote.address,
                     .protocol = udp ? kProtocolUdp : kProtocolEsp},
                    ip);
    length_ = link_ + plain_ip_header_length(family);
    if (udp) {
        udp_ = length_;
        store_be(octets_.data() + udp_, outer.local.port);
        store_be(octets_.data() + udp_ + 2, outer.remote.port);
        length_ += kUdpHeader;
    }
    if (v4_) forget_what_changes(ip);
    std::rotate(octets_.begin(), octets_.begin() + length_, octets_.end());
}

void OuterFrame::forget_what_changes(std::uint8_t* ip) {
    for (const std::uint32_t changing : {0U, 2U, 4U, 6U, 10U})
        store_be(ip + changing, std::uint16_t{0});
    ip_sum_ = checksum_fold(checksum_add(0, {ip, plain_ip_header_length(Family::kIpv4)}));
}

void OuterFrame::write(const Fields& fields, std::uint8_t* end) const {
    // Of one length always: that is two dozen octets more, and no call.
    std::memcpy(end - kLongest, octets_.data(), kLongest);
    std::uint8_t* const to = end - length_;
    std::uint8_t* const ip = to + link_;
    const std::uint32_t behind_ip = length_ - link_ - (v4_ ? 20U : 40U) + fields.payload_bytes;
    if (v4_) {
        const auto first = static_cast<std::uint16_t>(0x4500U | fields.traffic_class);
        const auto total = static_cast<std::uint16_t>(20U + behind_ip);
        const std::uint16_t flags = fields.dont_fragment ? kDontFragment : std::uint16_t{0};
        store_be(ip, first);
        store_be(ip + 2, total);
        store_be(ip + 4, fields.identification);
        store_be(ip + 6, flags);
        store_be(ip + 10, checksum_finish(ip_sum_ + first + total + fields.identification + flags));
    } else {
        store_be(ip, 0x60000000U | std::uint32_t{fields.traffic_class} << 20);
        store_be(ip + 4, static_cast<std::uint16_t>(behind_ip));
    }
    if (udp_ == 0) return;
    const std::uint32_t udp_length = kUdpHeader + fields.payload_bytes;
    store_be(to + udp_ + 4, static_cast<std::uint16_t>(udp_length));
    // RFC 3948 2.1: over IPv4 there is none. Over IPv6 the peer's host drops what has none (RFC 8200 8.1).
    if (v4_) return;
    const ByteView packet(ip, length_ - link_ + fields.payload_bytes);
    const std::uint16_t sum = transport_checksum(packet, udp_ - link_, kProtocolUdp);
    store_be(to + udp_ + 6, sum == 0 ? std::uint16_t{0xffff} : sum);
}

}  // namespace esplane::dataplane
