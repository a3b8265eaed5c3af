// IPv6 neighbour discovery on Ethernet (RFC 4861, RFC 2464): neighbour solicitations and advertisements.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"
#include "dataplane/link/ethernet.h"
#include "dataplane/packet/address.h"

namespace esplane::dataplane {

/// Octets that a frame of either fits, with a tag.
inline constexpr std::size_t kLongestNeighbourFrame = 18 + 40 + 32;

struct NeighbourSolicitation {
    IpAddress source;  ///< unspecified: somebody looks whether the target is taken (RFC 4862 5.4)
    IpAddress destination;
    IpAddress target;
    std::optional<MacAddress> source_mac;  ///< option "source link-layer address"
};

struct NeighbourAdvertisement {
    IpAddress source;
    IpAddress destination;
    IpAddress target;
    bool solicited = false;
    bool overrides = false;
    std::optional<MacAddress> target_mac;  ///< option "target link-layer address"
};

/// ICMPv6's types (RFC 4861 4).
enum class DiscoveryType : std::uint8_t {
    kRouterSolicitation = 133,
    kRouterAdvertisement = 134,
    kNeighbourSolicitation = 135,
    kNeighbourAdvertisement = 136,
    kRedirect = 137,
};

/// What the packet says it is, valid or not; empty for all that is no neighbour discovery.
std::optional<DiscoveryType> discovery_type(ByteView packet);

/// Read an IPv6 packet, which may be followed by other octets. Empty when it is no such message, or not valid by RFC
/// 4861 7.1.1 and 7.1.2; and with an extension header in front, which no host sends and RFC 6980 5 forbids for
/// fragments. A MAC address is one station's. Options that are not known are passed over.
std::optional<NeighbourSolicitation> parse_neighbour_solicitation(ByteView packet);
std::optional<NeighbourAdvertisement> parse_neighbour_advertisement(ByteView packet);

/// ff02::1:ffXX:XXXX of `address` (RFC 4291 2.7.1).
IpAddress solicited_node(const IpAddress& address);
/// fe80::/10: on every link, and on no other.
bool is_link_local(const IpAddress& address);

/// Writes a whole frame that asks for `target`, at most kLongestNeighbourFrame octets, and returns its length. With
/// `known_mac`, the station that had the address last is asked alone; else all that may have it.
std::uint32_t write_neighbour_solicitation(const Station& from, const IpAddress& source, const IpAddress& target,
                                           const std::optional<MacAddress>& known_mac, std::uint8_t* to);

/// The same with the answer to `solicitation`, which came from `asker`: that its target is at `from`, a router. Whoever
/// asked without an address is told along with all nodes (RFC 4861 7.2.4).
std::uint32_t write_neighbour_advertisement(const Station& from, const NeighbourSolicitation& solicitation,
                                            const MacAddress& asker, std::uint8_t* to);

}  // namespace esplane::dataplane
