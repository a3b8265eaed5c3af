#include "dataplane/packet/inner_packet.h"

#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kIpv4MinimumHeader = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr int kMostExtensionHeaders = 8;

enum Ipv6Extension : std::uint8_t {
    kHopByHop = 0,
    kRouting = 43,
    kFragment = 44,
    kDestinationOptions = 60,
    kAuthentication = 51,
};

/// Ports, or ICMP type and code, if the transport header is there to be read.
void read_ports(InnerPacket& packet, ByteView octets) {
    const std::size_t at = packet.transport_offset;
    switch (packet.protocol) {
        case kProtocolTcp:
        case kProtocolUdp:
        case 132:  // SCTP
        case 136:  // UDP-Lite
            if (at + 4 > packet.length) return;
            packet.source_port = load_be<std::uint16_t>(octets.data() + at);
            packet.destination_port = load_be<std::uint16_t>(octets.data() + at + 2);
            packet.has_ports = true;
            return;
        case kProtocolIcmp:
        case kProtocolIpv6Icmp:
            if (at + 2 > packet.length) return;
            packet.source_port = load_be<std::uint16_t>(octets.data() + at);
            packet.destination_port = packet.source_port;
            packet.has_ports = true;
            return;
        default:
            return;
    }
}

bool parse_ipv4(ByteView octets, InnerPacket& packet) {
    if (octets.size() < kIpv4MinimumHeader) return false;
    const std::size_t header = (octets[0] & 0x0fU) * 4U;
    packet.length = load_be<std::uint16_t>(octets.data() + 2);
    if (header < kIpv4MinimumHeader || packet.length < header || packet.length > octets.size()) return false;
    packet.source = IpAddress::v4(load_be<std::uint32_t>(octets.data() + 12));
    packet.destination = IpAddress::v4(load_be<std::uint32_t>(octets.data() + 16));
    packet.protocol = octets[9];
    packet.transport_offset = static_cast<std::uint32_t>(header);
    const std::uint16_t fragment = load_be<std::uint16_t>(octets.data() + 6);
    const bool more_fragments = (fragment & 0x2000) != 0;
    const bool first = (fragment & 0x1fff) == 0;
    packet.is_whole = first && !more_fragments;
    if (first) read_ports(packet, octets);
    return true;
}

/// Follows the extension headers (RFC 8200 4) to the transport header.
bool skip_extensions(InnerPacket& packet, ByteView octets, bool& first_fragment) {
    for (int count = 0; count <= kMostExtensionHeaders; ++count) {
        const std::size_t at = packet.transport_offset;
        std::size_t length = 0;
        switch (packet.protocol) {
            case kHopByHop:
            case kRouting:
            case kDestinationOptions:
                if (at + 2 > packet.length) return false;
                length = (octets[at + 1] + 1U) * 8U;
                break;
            case kAuthentication:
                if (at + 2 > packet.length) return false;
                length = (octets[at + 1] + 2U) * 4U;
                break;
            case kFragment: {
                if (at + 8 > packet.length) return false;
                const std::uint16_t field = load_be<std::uint16_t>(octets.data() + at + 2);
                first_fragment = (field >> 3) == 0;
                packet.is_whole = packet.is_whole && first_fragment && (field & 1) == 0;
                length = 8;
                break;
            }
            default:
                return true;
        }
        if (at + length > packet.length) return false;
        packet.protocol = octets[at];
        packet.transport_offset = static_cast<std::uint32_t>(at + length);
        // Behind the header of a later fragment stands payload, not a header.
        if (!first_fragment) return true;
    }
    return false;
}

bool parse_ipv6(ByteView octets, InnerPacket& packet) {
    if (octets.size() < kIpv6Header) return false;
    packet.length = static_cast<std::uint32_t>(kIpv6Header) + load_be<std::uint16_t>(octets.data() + 4);
    if (packet.length > octets.size()) return false;
    packet.source = IpAddress::v6(octets.subspan<8, 16>());
    packet.destination = IpAddress::v6(octets.subspan<24, 16>());
    packet.protocol = octets[6];
    packet.transport_offset = kIpv6Header;
    bool first_fragment = true;
    if (!skip_extensions(packet, octets, first_fragment)) return false;
    if (first_fragment) read_ports(packet, octets);
    return true;
}

}  // namespace

bool parse_inner(ByteView octets, InnerPacket& packet) {
    if (octets.empty()) return false;
    switch (octets[0] >> 4) {
        case 4:
            return parse_ipv4(octets, packet);
        case 6:
            return parse_ipv6(octets, packet);
        default:
            return false;
    }
}

std::optional<InnerPacket> parse_inner(ByteView octets) {
    InnerPacket packet;
    if (!parse_inner(octets, packet)) return std::nullopt;
    return packet;
}

}  // namespace esplane::dataplane
