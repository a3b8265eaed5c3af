#include "dataplane/link/frame_kind.h"

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
    std::uint32_t header = 0;  ///< length of its IP header
    std::uint8_t protocol = 0;
    bool is_fragment = false;
    IpAddress source;
    IpAddress destination;
};

std::optional<Packet> parse_ipv4(ByteView octets, bool checksum_known_good) {
    if (octets.size() < 20 || octets[0] >> 4 != 4) return std::nullopt;
    const std::uint32_t header = (octets[0] & 0x0fU) * 4U;
    const std::uint32_t length = load_be<std::uint16_t>(&octets[2]);
    if (header < 20 || length < header || length > octets.size()) return std::nullopt;
    if (!checksum_known_good && checksum_finish(checksum_add(0, octets.first(header))) != 0) return std::nullopt;
    return Packet{.octets = octets.first(length),
                  .header = header,
                  .protocol = octets[9],
                  .is_fragment = (load_be<std::uint16_t>(&octets[6]) & 0x3fffU) != 0,
                  .source = *IpAddress::from_octets(octets.subspan(12, 4)),
                  .destination = *IpAddress::from_octets(octets.subspan(16, 4))};
}

std::optional<Packet> parse_ipv6(ByteView octets) {
    if (octets.size() < 40 || octets[0] >> 4 != 6) return std::nullopt;
    const std::uint32_t length = 40U + load_be<std::uint16_t>(&octets[4]);
    if (length > octets.size()) return std::nullopt;
    return Packet{.octets = octets.first(length),
                  .header = 40,
                  .protocol = octets[6],
                  .is_fragment = octets[6] == kProtocolIpv6Fragment,
                  .source = *IpAddress::from_octets(octets.subspan(8, 16)),
                  .destination = *IpAddress::from_octets(octets.subspan(24, 16))};
}

bool is_neighbour_discovery(const Packet& packet) {
    if (packet.protocol != kProtocolIpv6Icmp || packet.octets.size() <= packet.header) return false;
    const std::uint8_t type = packet.octets[packet.header];
    return type >= kNeighbourDiscoveryFirst && type <= kNeighbourDiscoveryLast;
}

/// `begin` is of the IP packet in the frame.
FrameKind contents(FrameContents what, const Packet& packet, std::uint32_t begin, std::uint32_t skipped) {
    return {.contents = what,
            .begin = begin + skipped,
            .length = static_cast<std::uint32_t>(packet.octets.size()) - skipped,
            .traffic_class = traffic_class(packet.octets)};
}

FrameKind kind_of_datagram(const Packet& packet, std::uint32_t begin, const IkePorts& ports) {
    const ByteView udp = packet.octets.subspan(packet.header);
    if (udp.size() < kUdpHeader) return drop(DropReason::kBadFrame);
    const std::uint32_t length = load_be<std::uint16_t>(&udp[4]);
    if (length < kUdpHeader || length > udp.size()) return drop(DropReason::kBadFrame);
    const std::uint16_t port = load_be<std::uint16_t>(&udp[2]);
    if (port != ports.natt && port != ports.ike) return contents(FrameContents::kOwn, packet, begin, 0);
    const auto what = port == ports.natt ? FrameContents::kUdpEsp : FrameContents::kIke;
    FrameKind kind = contents(what, packet, begin, packet.header + kUdpHeader);
    kind.length = length - kUdpHeader;
    kind.outer = {{packet.destination, port}, {packet.source, load_be<std::uint16_t>(udp.data())}};
    return kind;
}

FrameKind kind_of_own(const Packet& packet, std::uint32_t begin, const PortSetup& port, const IkePorts& ports) {
    if (is_neighbour_discovery(packet)) return {.contents = FrameContents::kLink};
    if (packet.is_fragment || !port.is_cipher()) return contents(FrameContents::kOwn, packet, begin, 0);
    if (packet.protocol == kProtocolUdp) return kind_of_datagram(packet, begin, ports);
    if (packet.protocol != kProtocolEsp) return contents(FrameContents::kOwn, packet, begin, 0);
    FrameKind kind = contents(FrameContents::kRawEsp, packet, begin, packet.header);
    kind.outer = {{packet.destination, 0}, {packet.source, 0}};
    return kind;
}

}  // namespace

FrameKind kind_of(ByteView frame, const PortSetup& port, const IkePorts& ports, bool checksum_known_good) {
    const auto link = parse_ethernet(frame);
    if (!link) return drop(DropReason::kBadFrame);
    if (link->vlan != port.vlan) return drop(DropReason::kNotForUs);
    const bool ours = link->destination == port.mac;
    if (!ours && !link->destination.is_multicast()) return drop(DropReason::kNotForUs);
    if (link->type == kEtherTypeArp) return {.contents = FrameContents::kLink};
    if (link->type != kEtherTypeIpv4 && link->type != kEtherTypeIpv6) return drop(DropReason::kNotForUs);
    const ByteView octets = frame.subspan(link->length);
    const auto packet = link->type == kEtherTypeIpv4 ? parse_ipv4(octets, checksum_known_good) : parse_ipv6(octets);
    if (!packet) return drop(DropReason::kBadFrame);
    if (port.has(packet->destination)) return kind_of_own(*packet, link->length, port, ports);
    // Solicitations go to a multicast group of the address that they ask for.
    if (is_neighbour_discovery(*packet)) return {.contents = FrameContents::kLink};
    if (!ours || !port.is_clear()) return drop(DropReason::kNotForUs);
    return contents(FrameContents::kPacket, *packet, link->length, 0);
}

}  // namespace esplane::dataplane
