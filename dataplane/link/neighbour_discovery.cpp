#include "dataplane/link/neighbour_discovery.h"

#include <algorithm>

#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kMessage = 24;  // in front of the options, of both
constexpr std::size_t kOption = 8;    // with a MAC address
constexpr std::uint8_t kHopLimit = 255;
constexpr std::uint8_t kSourceLinkLayerAddress = 1;
constexpr std::uint8_t kTargetLinkLayerAddress = 2;
constexpr std::uint8_t kRouterFlag = 0x80;
constexpr std::uint8_t kSolicitedFlag = 0x40;
constexpr std::uint8_t kOverrideFlag = 0x20;

bool is_multicast(const IpAddress& address) {
    return address.octets()[0] == 0xff;
}

/// What both messages begin with.
struct Message {
    IpAddress source;
    IpAddress destination;
    IpAddress target;
    std::uint8_t flags = 0;  // an advertisement's
    std::optional<MacAddress> mac;
};

/// The first option of that type. False when an option has no length, does not end, or has no station's MAC address.
bool read_options(ByteView options, std::uint8_t wanted, std::optional<MacAddress>& mac) {
    while (!options.empty()) {
        if (options.size() < 2 || options[1] == 0) return false;
        const std::size_t length = options[1] * kOption;
        if (length > options.size()) return false;
        if (options[0] == wanted && !mac) {
            if (length != kOption) return false;
            mac = MacAddress::at(options.data() + 2);
            if (!mac->is_station()) return false;
        }
        options = options.subspan(length);
    }
    return true;
}

/// The ICMPv6 message of a packet that has no other header in front; empty when there is none.
ByteView message_of(ByteView packet) {
    if (packet.size() < kIpv6Header || packet[0] >> 4 != 6 || packet[6] != kProtocolIpv6Icmp) return {};
    const std::size_t length = load_be<std::uint16_t>(packet.data() + 4);
    if (length > packet.size() - kIpv6Header) return {};
    return packet.subspan(kIpv6Header, length);
}

/// The rules that RFC 4861 7.1.1 and 7.1.2 have in common.
std::optional<Message> read(ByteView packet, DiscoveryType type, std::uint8_t option) {
    const ByteView octets = message_of(packet);
    if (octets.size() < kMessage || octets[0] != static_cast<std::uint8_t>(type) || octets[1] != 0 ||
        packet[7] != kHopLimit)
        return std::nullopt;
    if (transport_checksum(packet.first(kIpv6Header + octets.size()), kIpv6Header, kProtocolIpv6Icmp) != 0)
        return std::nullopt;
    Message message{.source = IpAddress::v6(packet.subspan<8, 16>()),
                    .destination = IpAddress::v6(packet.subspan<24, 16>()),
                    .target = IpAddress::v6(octets.subspan<8, 16>()),
                    .flags = octets[4],
                    .mac = std::nullopt};
    if (is_multicast(message.target) || message.target.is_unspecified() || is_multicast(message.source))
        return std::nullopt;
    if (!read_options(octets.subspan(kMessage), option, message.mac)) return std::nullopt;
    return message;
}

/// A solicitation or an advertisement, with our MAC address as its option.
std::uint32_t write_frame(const Station& from, const MacAddress& to_mac, DiscoveryType type, std::uint8_t option,
                          const Message& message, std::uint8_t* to) {
    const std::uint32_t header =
        write_ethernet({.destination = to_mac, .source = from.mac, .type = kEtherTypeIpv6, .vlan = from.vlan}, to);
    std::uint8_t* const packet = to + header;
    write_ip_header({.source = message.source,
                     .destination = message.destination,
                     .protocol = kProtocolIpv6Icmp,
                     .hop_limit = kHopLimit,
                     .payload_bytes = kMessage + kOption},
                    packet);
    std::uint8_t* const icmp = packet + kIpv6Header;
    std::fill_n(icmp, kMessage, std::uint8_t{0});
    icmp[0] = static_cast<std::uint8_t>(type);
    icmp[4] = message.flags;
    const ByteView target = message.target.octets();
    std::copy(target.begin(), target.end(), icmp + 8);
    icmp[kMessage] = option;
    icmp[kMessage + 1] = 1;
    std::copy(from.mac.octets.begin(), from.mac.octets.end(), icmp + kMessage + 2);
    const ByteView whole(packet, kIpv6Header + kMessage + kOption);
    store_be(icmp + 2, transport_checksum(whole, kIpv6Header, kProtocolIpv6Icmp));
    return header + static_cast<std::uint32_t>(whole.size());
}

/// RFC 2464 7: of the last four octets.
MacAddress multicast_mac(const IpAddress& group) {
    MacAddress mac{{0x33, 0x33}};
    std::copy_n(group.octets().begin() + 12, 4, mac.octets.begin() + 2);
    return mac;
}

IpAddress all_nodes() {
    return IpAddress::v6(std::array<std::uint8_t, 16>{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

}  // namespace

IpAddress solicited_node(const IpAddress& address) {
    std::array<std::uint8_t, 16> group{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
    std::copy_n(address.octets().begin() + 13, 3, group.begin() + 13);
    return IpAddress::v6(group);
}

bool is_link_local(const IpAddress& address) {
    return address.family() == Family::kIpv6 && address.high() >> 54 == 0xfe80 >> 6;
}

std::optional<DiscoveryType> discovery_type(ByteView packet) {
    const ByteView message = message_of(packet);
    if (message.empty()) return std::nullopt;
    const auto type = static_cast<DiscoveryType>(message[0]);
    if (type < DiscoveryType::kRouterSolicitation || type > DiscoveryType::kRedirect) return std::nullopt;
    return type;
}

std::optional<NeighbourSolicitation> parse_neighbour_solicitation(ByteView packet) {
    const auto message = read(packet, DiscoveryType::kNeighbourSolicitation, kSourceLinkLayerAddress);
    if (!message) return std::nullopt;
    const bool is_from_nobody = message->source.is_unspecified();
    if (is_from_nobody && (message->mac || message->destination != solicited_node(message->target)))
        return std::nullopt;
    return NeighbourSolicitation{message->source, message->destination, message->target, message->mac};
}

std::optional<NeighbourAdvertisement> parse_neighbour_advertisement(ByteView packet) {
    const auto message = read(packet, DiscoveryType::kNeighbourAdvertisement, kTargetLinkLayerAddress);
    if (!message || message->source.is_unspecified()) return std::nullopt;
    const bool solicited = (message->flags & kSolicitedFlag) != 0;
    if (solicited && is_multicast(message->destination)) return std::nullopt;
    return NeighbourAdvertisement{
        message->source, message->destination, message->target, solicited, (message->flags & kOverrideFlag) != 0,
        message->mac};
}

std::uint32_t write_neighbour_solicitation(const Station& from, const IpAddress& source, const IpAddress& target,
                                           const std::optional<MacAddress>& known_mac, std::uint8_t* to) {
    const IpAddress destination = known_mac ? target : solicited_node(target);
    return write_frame(from, known_mac ? *known_mac : multicast_mac(destination), DiscoveryType::kNeighbourSolicitation,
                       kSourceLinkLayerAddress,
                       {.source = source, .destination = destination, .target = target, .mac = std::nullopt}, to);
}

std::uint32_t write_neighbour_advertisement(const Station& from, const NeighbourSolicitation& solicitation,
                                            const MacAddress& asker, std::uint8_t* to) {
    const bool is_from_nobody = solicitation.source.is_unspecified();
    const IpAddress destination = is_from_nobody ? all_nodes() : solicitation.source;
    const std::uint8_t flags = kRouterFlag | kOverrideFlag | (is_from_nobody ? 0 : kSolicitedFlag);
    return write_frame(from, is_from_nobody ? multicast_mac(destination) : asker,
                       DiscoveryType::kNeighbourAdvertisement, kTargetLinkLayerAddress,
                       {.source = solicitation.target,
                        .destination = destination,
                        .target = solicitation.target,
                        .flags = flags,
                        .mac = std::nullopt},
                       to);
}

}  // namespace esplane::dataplane
