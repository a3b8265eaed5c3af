// The Address Resolution Protocol for IPv4 on Ethernet (RFC 826).
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"
#include "dataplane/link/ethernet.h"
#include "dataplane/packet/address.h"

namespace esplane::dataplane {

/// Octets that a frame of ARP fits, with a tag and padding.
inline constexpr std::size_t kLongestArpFrame = 64;

enum class ArpOperation : std::uint16_t { kRequest = 1, kReply = 2 };

struct ArpPacket {
    ArpOperation operation = ArpOperation::kRequest;
    MacAddress sender_mac;
    IpAddress sender;       ///< 0.0.0.0 in a probe (RFC 5227 1.1)
    MacAddress target_mac;  ///< means nothing in a request
    IpAddress target;
};

/// Reads what follows the Ethernet header, and may be followed by padding. Empty when it is about anything but Ethernet
/// and IPv4, is neither request nor reply, or its sender is no single station or host.
std::optional<ArpPacket> parse_arp(ByteView payload);

/// Writes a whole frame that asks for `target`, at most kLongestArpFrame octets, and returns its length. `to_mac` is
/// the station that had the address last (RFC 1122 2.3.2.1: unicast poll), or kBroadcastMac.
std::uint32_t write_arp_request(const Station& from, const IpAddress& sender, const IpAddress& target,
                                const MacAddress& to_mac, std::uint8_t* to);

/// The same with the answer to `request`: that its target is at `from`.
std::uint32_t write_arp_reply(const Station& from, const ArpPacket& request, std::uint8_t* to);

}  // namespace esplane::dataplane
