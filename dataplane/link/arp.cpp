#include "dataplane/link/arp.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kLength = 28;
constexpr std::uint16_t kHardwareEthernet = 1;
constexpr std::uint8_t kMacLength = 6;
constexpr std::uint8_t kIpv4Length = 4;
constexpr std::uint8_t kFirstMulticast = 224;

std::uint32_t write_frame(const ArpPacket& packet, const Station& from, const MacAddress& to_mac, std::uint8_t* to) {
    const std::uint32_t header =
        write_ethernet({.destination = to_mac, .source = from.mac, .type = kEtherTypeArp, .vlan = from.vlan}, to);
    std::uint8_t* const arp = to + header;
    store_be(arp, kHardwareEthernet);
    store_be(arp + 2, kEtherTypeIpv4);
    arp[4] = kMacLength;
    arp[5] = kIpv4Length;
    store_be(arp + 6, static_cast<std::uint16_t>(packet.operation));
    std::copy(packet.sender_mac.octets.begin(), packet.sender_mac.octets.end(), arp + 8);
    std::copy(packet.sender.octets().begin(), packet.sender.octets().end(), arp + 14);
    std::copy(packet.target_mac.octets.begin(), packet.target_mac.octets.end(), arp + 18);
    std::copy(packet.target.octets().begin(), packet.target.octets().end(), arp + 24);
    return pad_ethernet(to, header, header + kLength);
}

}  // namespace

std::optional<ArpPacket> parse_arp(ByteView payload) {
    if (payload.size() < kLength) return std::nullopt;
    const std::uint8_t* const arp = payload.data();
    if (load_be<std::uint16_t>(arp) != kHardwareEthernet || load_be<std::uint16_t>(arp + 2) != kEtherTypeIpv4 ||
        arp[4] != kMacLength || arp[5] != kIpv4Length)
        return std::nullopt;
    const auto operation = static_cast<ArpOperation>(load_be<std::uint16_t>(arp + 6));
    if (operation != ArpOperation::kRequest && operation != ArpOperation::kReply) return std::nullopt;
    const ArpPacket packet{.operation = operation,
                           .sender_mac = MacAddress::at(arp + 8),
                           .sender = IpAddress::v4(load_be<std::uint32_t>(arp + 14)),
                           .target_mac = MacAddress::at(arp + 18),
                           .target = IpAddress::v4(load_be<std::uint32_t>(arp + 24))};
    if (!packet.sender_mac.is_station() || packet.sender.octets()[0] >= kFirstMulticast) return std::nullopt;
    return packet;
}

std::uint32_t write_arp_request(const Station& from, const IpAddress& sender, const IpAddress& target,
                                const MacAddress& to_mac, std::uint8_t* to) {
    const ArpPacket request{.operation = ArpOperation::kRequest,
                            .sender_mac = from.mac,
                            .sender = sender,
                            .target_mac = {},
                            .target = target};
    return write_frame(request, from, to_mac, to);
}

std::uint32_t write_arp_reply(const Station& from, const ArpPacket& request, std::uint8_t* to) {
    const ArpPacket reply{.operation = ArpOperation::kReply,
                          .sender_mac = from.mac,
                          .sender = request.target,
                          .target_mac = request.sender_mac,
                          .target = request.sender};
    return write_frame(reply, from, request.sender_mac, to);
}

}  // namespace esplane::dataplane
