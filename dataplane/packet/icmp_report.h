// Routers' reports that an outer packet of ours was too big for the path: ICMP "fragmentation needed" and ICMPv6
// "packet too big". Unauthenticated, so no more than hints: whoever acts on one first sees that its SPI is that of a
// live SA.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/child_options.h"
#include "dataplane/sa/types.h"

namespace esplane::dataplane {

struct TooBigReport {
    Path outer;  ///< of the packet that is quoted: `local` sent it. Ports of UDP, or 0
    Encapsulation encapsulation = Encapsulation::kNone;
    /// Empty for what is no ESP within UDP, and where the quote ends before it: eight octets behind the IPv4 header are
    /// all that RFC 792 asks for.
    std::optional<Spi> spi;
    std::uint32_t mtu_bytes = 0;     ///< as reported; 0 by routers from before RFC 1191
    std::uint32_t quoted_bytes = 0;  ///< length of the packet that is quoted, as its header says; 0: not known
};

/// Reads a whole IP packet, which may be followed by other octets. Empty when it is anything but such a report with a
/// right checksum about ESP or UDP.
std::optional<TooBigReport> parse_too_big(ByteView packet);

/// The same for the ICMP message alone, as a raw ICMPv6 socket gives it. Its checksum has been verified.
std::optional<TooBigReport> parse_too_big_message(Family family, ByteView message);

}  // namespace esplane::dataplane
