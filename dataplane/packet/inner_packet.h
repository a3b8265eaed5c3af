// What the data plane reads of a plain IP packet: its true length, and what traffic selectors look at.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"

namespace esplane::dataplane {

struct InnerPacket {
    IpAddress source;
    IpAddress destination;
    std::uint32_t length = 0;            ///< of the whole packet, as its own header says
    std::uint32_t transport_offset = 0;  ///< behind the IP header and IPv6's extension headers
    std::uint16_t source_port = 0;       ///< type << 8 | code for ICMP (RFC 7296 3.13.1), in both port fields
    std::uint16_t destination_port = 0;
    std::uint8_t protocol = 0;
    /// False for what is not a first fragment, and for protocols without ports: only a selector for any port fits then.
    bool has_ports = false;
    /// False for all but a packet that is whole.
    bool is_whole = true;
};

/// Reads the headers of a packet that begins at `octets` and may be followed by other octets (TFC padding). Empty when
/// the version, a length or the extension header chain does not hold; at most eight extension headers are followed.
std::optional<InnerPacket> parse_inner(ByteView octets);
/// Whether no router may fragment the packet, whose header parse_inner() has accepted: DF, or IPv6 (RFC 8200 5).
inline bool forbids_fragments(ByteView octets) {
    return octets[0] >> 4 != 4 || (octets[6] & 0x40) != 0;
}

/// The same into a `packet` that says nothing yet, for who has a place for it; false where the other is empty.
[[nodiscard]] bool parse_inner(ByteView octets, InnerPacket& packet);

}  // namespace esplane::dataplane
