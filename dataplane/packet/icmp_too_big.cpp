#include "dataplane/packet/icmp_too_big.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/fragment_header.h"
#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kIcmpHeader = 8;
constexpr std::size_t kLongestIpv4 = 576;   // RFC 1812 4.3.2.3
constexpr std::size_t kLongestIpv6 = 1280;  // RFC 4443 2.4 c
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint8_t kInternetworkControl = 0xc0;  // RFC 1812 4.3.2.5
constexpr std::uint8_t kUnreachable = 3;
constexpr std::uint8_t kFragmentationNeeded = 4;
constexpr std::uint8_t kPacketTooBig = 2;
constexpr std::uint8_t kRedirectIpv6 = 137;

/// Types that are known to be no errors.
bool is_icmp_query(std::uint8_t type) {
    switch (type) {
        case 0:   // echo reply
        case 8:   // echo
        case 9:   // router advertisement
        case 10:  // router solicitation
        case 13:  // timestamp
        case 14:  // timestamp reply
        case 15:  // information request
        case 16:  // information reply
        case 17:  // address mask request
        case 18:  // address mask reply
        case 42:  // extended echo (RFC 8335)
        case 43:  // extended echo reply
            return true;
        default:
            return false;
    }
}

/// Whether the packet is, or may be, an ICMP error itself: answering those could go on for ever.
bool may_be_error(const InnerPacket& packet) {
    const bool v4 = packet.source.family() == Family::kIpv4;
    // Only of a later fragment is an extension header all that is known.
    if (!v4 && (packet.protocol == kAuthentication || packet.protocol == kDestinationOptions)) return true;
    if (packet.protocol != (v4 ? kProtocolIcmp : kProtocolIpv6Icmp)) return false;
    if (!packet.has_ports) return true;
    const auto type = static_cast<std::uint8_t>(packet.source_port >> 8);
    return v4 ? !is_icmp_query(type) : type < 128 || type == kRedirectIpv6;
}

/// RFC 1812 4.3.2.7: a source that is not one host's, and a destination that is not either.
bool addresses_one_ipv4_host(const InnerPacket& packet) {
    const std::uint8_t source = packet.source.octets()[0];
    return source != 0 && source != 127 && source < 224 && packet.destination.octets()[0] < 224;
}

/// RFC 4443 2.4 e.6. A multicast destination is fine: it has a path MTU, too (e.3).
bool comes_from_one_ipv6_host(const IpAddress& source) {
    const ByteView octets = source.octets();
    const bool is_low = std::all_of(octets.begin(), octets.end() - 1, [](std::uint8_t octet) { return octet == 0; });
    const bool is_unspecified_or_loopback = is_low && octets.back() <= 1;
    return octets[0] != 0xff && !is_unspecified_or_loopback;
}

bool is_later_fragment(ByteView octets) {
    const auto header = parse_fragment_header(octets);
    return !header || header->offset != 0;
}

std::size_t build_ipv4(const InnerPacket& packet, ByteView octets, const IpAddress& from, std::uint32_t mtu_bytes,
                       MutableByteView out) {
    const std::size_t quoted = std::min<std::size_t>(packet.length, kLongestIpv4 - kIpv4Header - kIcmpHeader);
    const MutableByteView message = out.first(kIpv4Header + kIcmpHeader + quoted);
    write_ip_header({.source = from,
                     .destination = packet.source,
                     .protocol = kProtocolIcmp,
                     .traffic_class = kInternetworkControl,
                     .payload_bytes = static_cast<std::uint16_t>(message.size() - kIpv4Header)},
                    message.data());
    const MutableByteView icmp = message.subspan(kIpv4Header);
    std::fill_n(icmp.begin(), kIcmpHeader, std::uint8_t{0});
    icmp[0] = kUnreachable;
    icmp[1] = kFragmentationNeeded;
    store_be(icmp.data() + 6, static_cast<std::uint16_t>(std::min<std::uint32_t>(mtu_bytes, 65535)));
    std::copy_n(octets.begin(), quoted, icmp.begin() + kIcmpHeader);
    store_be(icmp.data() + 2, checksum_finish(checksum_add(0, icmp)));
    return message.size();
}

std::size_t build_ipv6(const InnerPacket& packet, ByteView octets, const IpAddress& from, std::uint32_t mtu_bytes,
                       MutableByteView out) {
    const std::size_t quoted = std::min<std::size_t>(packet.length, kLongestIpv6 - kIpv6Header - kIcmpHeader);
    const MutableByteView message = out.first(kIpv6Header + kIcmpHeader + quoted);
    write_ip_header({.source = from,
                     .destination = packet.source,
                     .protocol = kProtocolIpv6Icmp,
                     .payload_bytes = static_cast<std::uint16_t>(message.size() - kIpv6Header)},
                    message.data());
    const MutableByteView icmp = message.subspan(kIpv6Header);
    std::fill_n(icmp.begin(), kIcmpHeader, std::uint8_t{0});
    icmp[0] = kPacketTooBig;
    store_be(icmp.data() + 4, std::max<std::uint32_t>(mtu_bytes, kLongestIpv6));
    std::copy_n(octets.begin(), quoted, icmp.begin() + kIcmpHeader);
    store_be(icmp.data() + 2, transport_checksum(message, kIpv6Header, kProtocolIpv6Icmp));
    return message.size();
}

}  // namespace

bool may_answer_with_error(const InnerPacket& packet, ByteView octets) {
    if (may_be_error(packet)) return false;
    if (packet.source.family() == Family::kIpv6) return comes_from_one_ipv6_host(packet.source);
    // RFC 1122 3.2.2: only for a first fragment. ICMPv6 answers later ones, too.
    return addresses_one_ipv4_host(packet) && !is_later_fragment(octets);
}

std::size_t build_too_big(const InnerPacket& packet, ByteView octets, const IpAddress& from, std::uint32_t mtu_bytes,
                          MutableByteView out) {
    if (!may_answer_with_error(packet, octets)) return 0;
    return packet.source.family() == Family::kIpv4 ? build_ipv4(packet, octets, from, mtu_bytes, out)
                                                   : build_ipv6(packet, octets, from, mtu_bytes, out);
}

}  // namespace esplane::dataplane
