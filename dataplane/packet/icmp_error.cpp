#include "dataplane/packet/icmp_error.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/fragment_header.h"
#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kLongestIpv4 = 576;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint8_t kInternetworkControl = 0xc0;  // RFC 1812 4.3.2.5
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

}  // namespace

bool may_answer_with_error(const InnerPacket& packet, ByteView octets) {
    if (may_be_error(packet)) return false;
    if (packet.source.family() == Family::kIpv6) return comes_from_one_ipv6_host(packet.source);
    // RFC 1122 3.2.2: only for a first fragment. ICMPv6 answers later ones, too.
    return addresses_one_ipv4_host(packet) && !is_later_fragment(octets);
}

std::size_t icmp_quote(const InnerPacket& packet) {
    const Family family = packet.source.family();
    const std::size_t longest = family == Family::kIpv4 ? kLongestIpv4 : kLongestIcmpError;
    return std::min<std::size_t>(packet.length, longest - icmp_error_headers(family));
}

MutableByteView put_before_quote(const IcmpError& error, const InnerPacket& packet, const IpAddress& from,
                                 std::uint8_t* quoted) {
    const Family family = packet.source.family();
    const bool v4 = family == Family::kIpv4;
    const std::size_t header = plain_ip_header_length(family);
    const std::size_t length = icmp_error_headers(family) + icmp_quote(packet);
    const MutableByteView message(quoted - icmp_error_headers(family), length);
    write_ip_header({.source = from,
                     .destination = packet.source,
                     .protocol = v4 ? kProtocolIcmp : kProtocolIpv6Icmp,
                     .traffic_class = v4 ? kInternetworkControl : std::uint8_t{0},
                     .payload_bytes = static_cast<std::uint16_t>(length - header)},
                    message.data());
    const MutableByteView icmp = message.subspan(header);
    icmp[0] = error.type;
    icmp[1] = error.code;
    store_be(icmp.data() + 2, std::uint16_t{0});
    store_be(icmp.data() + 4, error.rest);
    store_be(icmp.data() + 2,
             v4 ? checksum_finish(checksum_add(0, icmp)) : transport_checksum(message, header, kProtocolIpv6Icmp));
    return message;
}

}  // namespace esplane::dataplane
