#include "dataplane/link/frame_kind.h"

#include <cstring>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/traffic_class.h"

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kUdpHeader = 8;
constexpr std::uint8_t kNeighbourDiscoveryFirst = 133;  // router solicitation (RFC 4861 4)
constexpr std::uint8_t kNeighbourDiscoveryLast = 137;   // redirect

FrameKind drop(DropReason reason) {
    return {.reason = reason};
}

/// A whole IP packet within a frame: its own length, not the frame's, which may have padding behind.
struct Packet {
    ByteView octets;
    std::uint32_t begin = 0;   ///< in the frame
    std::uint32_t header = 0;  ///< length of its IP header
    std::uint8_t protocol = 0;
    bool is_fragment = false;
    bool is_valid = false;
};

/// Of a header without options, which is nearly every one.
bool is_sum_right(const std::uint8_t* header) {
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < 20; at += 4)
        sum += load_be<std::uint32_t>(header + at);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    return checksum_finish(static_cast<std::uint32_t>(sum)) == 0;
}

Packet parse_ipv4(ByteView octets, std::uint32_t begin, bool checksum_known_good) {
    if (octets.size() < 20 || octets[0] >> 4 != 4) return {};
    const std::uint32_t header = (octets[0] & 0x0fU) * 4U;
    const std::uint32_t length = load_be<std::uint16_t>(&octets[2]);
    if (header < 20 || length < header || length > octets.size()) return {};
    if (!checksum_known_good) {
        const bool right =
            header == 20 ? is_sum_right(octets.data()) : checksum_finish(checksum_add(0, octets.first(header))) == 0;
        if (!right) return {};
    }
    return {.octets = octets.first(length),
            .begin = begin,
            .header = header,
            .protocol = octets[9],
            .is_fragment = (load_be<std::uint16_t>(&octets[6]) & 0x3fffU) != 0,
            .is_valid = true};
}

Packet parse_ipv6(ByteView octets, std::uint32_t begin) {
    if (octets.size() < 40 || octets[0] >> 4 != 6) return {};
    const std::uint32_t length = 40U + load_be<std::uint16_t>(&octets[4]);
    if (length > octets.size()) return {};
    return {.octets = octets.first(length),
            .begin = begin,
            .header = 40,
            .protocol = octets[6],
            .is_fragment = octets[6] == kProtocolIpv6Fragment,
            .is_valid = true};
}

IpAddress source_of(const std::uint8_t* packet) {
    if (packet[0] >> 4 == 4) return IpAddress::v4(load_be<std::uint32_t>(packet + 12));
    return IpAddress::v6(std::span<const std::uint8_t, 16>(packet + 8, 16));
}

IpAddress destination_of(const std::uint8_t* packet) {
    if (packet[0] >> 4 == 4) return IpAddress::v4(load_be<std::uint32_t>(packet + 16));
    return IpAddress::v6(std::span<const std::uint8_t, 16>(packet + 24, 16));
}

bool is_neighbour_discovery(const Packet& packet) {
    if (packet.protocol != kProtocolIpv6Icmp || packet.octets.size() <= packet.header) return false;
    const std::uint8_t type = packet.octets[packet.header];
    return type >= kNeighbourDiscoveryFirst && type <= kNeighbourDiscoveryLast;
}

FrameKind contents(FrameContents what, const Packet& packet, std::uint32_t skipped) {
    return {.contents = what,
            .traffic_class = traffic_class(packet.octets),
            .ip = packet.begin,
            .begin = packet.begin + skipped,
            .length = static_cast<std::uint32_t>(packet.octets.size()) - skipped};
}

FrameKind kind_of_datagram(const Packet& packet, const IkePorts& ports) {
    const ByteView udp = packet.octets.subspan(packet.header);
    if (udp.size() < kUdpHeader) return drop(DropReason::kBadFrame);
    const std::uint32_t length = load_be<std::uint16_t>(&udp[4]);
    if (length < kUdpHeader || length > udp.size()) return drop(DropReason::kBadFrame);
    const std::uint16_t port = load_be<std::uint16_t>(&udp[2]);
    if (port != ports.natt && port != ports.ike) return contents(FrameContents::kOwn, packet, 0);
    const auto what = port == ports.natt ? FrameContents::kUdpEsp : FrameContents::kIke;
    FrameKind kind = contents(what, packet, packet.header + kUdpHeader);
    kind.length = length - kUdpHeader;
    return kind;
}

/// What the packet that it is part of carries. An IPv6 one has a header between.
std::uint8_t protocol_of_fragment(const Packet& packet) {
    if (packet.octets[0] >> 4 == 4) return packet.protocol;
    return packet.octets.size() > packet.header ? packet.octets[packet.header] : std::uint8_t{0};
}

FrameKind kind_of_fragment(const Packet& packet) {
    const std::uint8_t protocol = protocol_of_fragment(packet);
    const bool is_wanted = protocol == kProtocolUdp || protocol == kProtocolEsp;
    return contents(is_wanted ? FrameContents::kFragment : FrameContents::kOwn, packet, 0);
}

FrameKind kind_of_own(const Packet& packet, const PortSetup& port, const IkePorts& ports) {
    if (is_neighbour_discovery(packet)) return {.contents = FrameContents::kLink};
    if (!port.is_cipher()) return contents(FrameContents::kOwn, packet, 0);
    if (packet.is_fragment) return kind_of_fragment(packet);
    if (packet.protocol == kProtocolUdp) return kind_of_datagram(packet, ports);
    if (packet.protocol != kProtocolEsp) return contents(FrameContents::kOwn, packet, 0);
    return contents(FrameContents::kRawEsp, packet, packet.header);
}

/// What the Ethernet header says: of what type the packet behind it is, and where that begins; a length of 0 is a frame
/// that has no header.
struct Link {
    std::uint16_t type = 0;
    std::uint8_t length = 0;
    bool is_on_vlan = false;  ///< the port's, or none where the port has none
};

Link link_of(ByteView frame, const PortSetup& port) {
    if (frame.size() >= kEthernetHeader && !port.vlan) {
        const auto type = load_be<std::uint16_t>(frame.data() + 12);
        if (type != kEtherTypeVlan) return {type, kEthernetHeader, true};
    }
    const auto header = parse_ethernet(frame);
    if (!header) return {};
    return {header->type, static_cast<std::uint8_t>(header->length), header->vlan == port.vlan};
}

}  // namespace

FrameKind kind_of(ByteView frame, const PortSetup& port, const IkePorts& ports, bool checksum_known_good) {
    const Link link = link_of(frame, port);
    if (link.length == 0) return drop(DropReason::kBadFrame);
    if (!link.is_on_vlan) return drop(DropReason::kNotForUs);
    const bool ours = std::memcmp(frame.data(), port.mac.octets.data(), port.mac.octets.size()) == 0;
    const bool is_to_group = (frame[0] & 1) != 0;
    if (!ours && !is_to_group) return drop(DropReason::kNotForUs);
    if (link.type == kEtherTypeArp) return {.contents = FrameContents::kLink};
    if (link.type != kEtherTypeIpv4 && link.type != kEtherTypeIpv6) return drop(DropReason::kNotForUs);
    const ByteView octets = frame.subspan(link.length);
    const Packet packet = link.type == kEtherTypeIpv4 ? parse_ipv4(octets, link.length, checksum_known_good)
                                                      : parse_ipv6(octets, link.length);
    if (!packet.is_valid) return drop(DropReason::kBadFrame);
    if (port.has(destination_of(octets.data()))) return kind_of_own(packet, port, ports);
    // Solicitations go to a multicast group of the address that they ask for.
    if (is_neighbour_discovery(packet)) return {.contents = FrameContents::kLink};
    if (!ours || !port.is_clear()) return drop(DropReason::kNotForUs);
    return contents(FrameContents::kPacket, packet, 0);
}

FrameKind kind_of_whole(ByteView octets, const PortSetup& port, const IkePorts& ports) {
    const Packet packet = octets[0] >> 4 == 4 ? parse_ipv4(octets, 0, true) : parse_ipv6(octets, 0);
    return packet.is_valid ? kind_of_own(packet, port, ports) : drop(DropReason::kBadFrame);
}

Path outer_path(ByteView frame, const FrameKind& kind) {
    const std::uint8_t* const packet = frame.data() + kind.ip;
    const bool has_ports = kind.contents != FrameContents::kRawEsp;
    const std::uint8_t* const udp = frame.data() + kind.begin - kUdpHeader;
    return {{destination_of(packet), has_ports ? load_be<std::uint16_t>(udp + 2) : std::uint16_t{0}},
            {source_of(packet), has_ports ? load_be<std::uint16_t>(udp) : std::uint16_t{0}}};
}

}  // namespace esplane::dataplane
