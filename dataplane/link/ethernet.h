// Ethernet frames (IEEE 802.3) with at most one VLAN tag (IEEE 802.1Q). Frames are without their check sequence.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "crypto/bytes.h"

namespace esplane::dataplane {

struct MacAddress {
    static constexpr unsigned kBits = 48;

    std::array<std::uint8_t, 6> octets{};

    /// Of the six octets at `from`.
    static MacAddress at(const std::uint8_t* from);
    /// Of the low 48 bits.
    static MacAddress from_number(std::uint64_t number) {
        MacAddress mac;
        for (std::size_t i = mac.octets.size(); i-- > 0; number >>= 8)
            mac.octets[i] = static_cast<std::uint8_t>(number);
        return mac;
    }
    std::uint64_t to_number() const {
        std::uint64_t number = 0;
        for (const std::uint8_t octet : octets)
            number = number << 8 | octet;
        return number;
    }
    bool is_multicast() const { return (octets[0] & 1) != 0; }  ///< broadcast is one of them
    bool is_broadcast() const;
    /// Whether one station can have it: no group, and not all zero.
    bool is_station() const { return !is_multicast() && *this != MacAddress{}; }
    std::string to_string() const;  ///< "02:00:5e:00:53:01"

    friend bool operator==(const MacAddress&, const MacAddress&) = default;
};

inline constexpr MacAddress kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeArp = 0x0806;
inline constexpr std::uint16_t kEtherTypeVlan = 0x8100;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;

inline constexpr std::uint32_t kEthernetHeader = 14;
inline constexpr std::uint32_t kTaggedEthernetHeader = 18;
/// What a frame has behind its header at least (IEEE 802.3 3.2.8): 60 octets in all, and 64 with a tag, so that a
/// switch that takes the tag off still sends a whole frame.
inline constexpr std::uint32_t kLeastEthernetPayload = 46;

struct EthernetHeader {
    MacAddress destination;
    MacAddress source;
    std::uint16_t type = 0;             ///< of what follows, behind a tag; below 0x0600 it is a length (802.3)
    std::optional<std::uint16_t> vlan;  ///< 1 to 4094
    std::uint32_t length = 0;           ///< of the header as it was read: 14 or 18 octets
};

/// The station that sends: our port, and the VLAN that it is on.
struct Station {
    MacAddress mac;
    std::optional<std::uint16_t> vlan;
};

/// Empty when the frame ends within its header, or has the reserved VLAN 4095. A tag with VLAN 0 carries a priority and
/// nothing else, so that frame is of no VLAN; priorities are not looked at.
std::optional<EthernetHeader> parse_ethernet(ByteView frame);

/// Writes 14 octets, or 18 with a VLAN, at priority 0; returns how many. `length` is not looked at.
std::uint32_t write_ethernet(const EthernetHeader& header, std::uint8_t* to);

/// Fills a frame of `length` octets, whose header has `header` of them, with zeros to the least a frame may have: not
/// with what was in memory. Returns its length then. `frame` has room for it.
std::uint32_t pad_ethernet(std::uint8_t* frame, std::uint32_t header, std::uint32_t length);

}  // namespace esplane::dataplane
