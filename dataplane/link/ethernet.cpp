#include "dataplane/link/ethernet.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

constexpr std::uint16_t kVlanMask = 0x0fff;
constexpr std::uint16_t kReservedVlan = 4095;

}  // namespace

MacAddress MacAddress::at(const std::uint8_t* from) {
    MacAddress address;
    std::copy_n(from, address.octets.size(), address.octets.begin());
    return address;
}

bool MacAddress::is_broadcast() const {
    return *this == kBroadcastMac;
}

std::string MacAddress::to_string() const {
    std::string text;
    for (const std::uint8_t octet : octets) {
        if (!text.empty()) text += ':';
        text += to_hex({&octet, 1});
    }
    return text;
}

std::optional<EthernetHeader> parse_ethernet(ByteView frame) {
    if (frame.size() < kEthernetHeader) return std::nullopt;
    EthernetHeader header{.destination = MacAddress::at(frame.data()),
                          .source = MacAddress::at(frame.data() + 6),
                          .type = load_be<std::uint16_t>(frame.data() + 12),
                          .vlan = std::nullopt,
                          .length = kEthernetHeader};
    if (header.type != kEtherTypeVlan) return header;
    if (frame.size() < kTaggedEthernetHeader) return std::nullopt;
    const auto vlan = static_cast<std::uint16_t>(load_be<std::uint16_t>(frame.data() + 14) & kVlanMask);
    if (vlan == kReservedVlan) return std::nullopt;
    if (vlan != 0) header.vlan = vlan;
    header.type = load_be<std::uint16_t>(frame.data() + 16);
    header.length = kTaggedEthernetHeader;
    return header;
}

std::uint32_t write_ethernet(const EthernetHeader& header, std::uint8_t* to) {
    std::uint8_t* at = std::copy(header.destination.octets.begin(), header.destination.octets.end(), to);
    at = std::copy(header.source.octets.begin(), header.source.octets.end(), at);
    if (header.vlan) {
        store_be(at, kEtherTypeVlan);
        store_be(at + 2, *header.vlan);
        at += 4;
    }
    store_be(at, header.type);
    return header.vlan ? kTaggedEthernetHeader : kEthernetHeader;
}

std::uint32_t pad_ethernet(std::uint8_t* frame, std::uint32_t header, std::uint32_t length) {
    const std::uint32_t least = header + kLeastEthernetPayload;
    if (length >= least) return length;
    std::fill(frame + length, frame + least, std::uint8_t{0});
    return least;
}

}  // namespace esplane::dataplane
