// What a fragment says about itself: which datagram it is part of, and which part.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"

namespace esplane::dataplane {

/// What fragments of one datagram have in common (RFC 791 3.2; RFC 8200 4.5, where the protocol does not count).
struct DatagramKey {
    IpAddress source;
    IpAddress destination;
    std::uint32_t identification = 0;
    /// Whatever else keeps datagrams apart: fragments that came through different tunnels never meet.
    std::uint32_t scope = 0;
    std::uint8_t protocol = 0;  ///< IPv4 only
    friend bool operator==(const DatagramKey&, const DatagramKey&) = default;
};

struct FragmentHeader {
    enum class Kind : std::uint8_t {
        kWhole,     ///< no fragment
        kAtomic,    ///< IPv6 with a fragment header although it is whole (RFC 6946)
        kFragment,  ///< one of several
    };
    Kind kind = Kind::kWhole;
    DatagramKey key;           ///< its scope 0. Not for kWhole
    std::uint32_t length = 0;  ///< of the packet, as its own header says
    std::uint32_t kept = 0;  ///< octets that stand in front of every fragment's data: IPv4 header, unfragmentable part
    std::uint32_t data_at = 0;  ///< where its data begins, behind the fragment header
    std::uint32_t offset = 0;   ///< of its data within the datagram's, in octets
    bool more = false;
    std::uint8_t protocol = 0;         ///< of the datagram's data: in IPv6 the fragment header's next header
    std::uint32_t next_header_at = 0;  ///< IPv6: the octet in front that announces the fragment header

    std::uint32_t data_length() const { return length - data_at; }
};

/// Reads a packet that begins at `octets`, and may be followed by others. Empty when the version, a length or the
/// extension header chain does not hold.
std::optional<FragmentHeader> parse_fragment_header(ByteView octets);

}  // namespace esplane::dataplane
