// Segments of TCP and UDP flows, every field of which a test can set, with checksums that are summed by other code than
// the program's.
#pragma once

#include <cstdint>

#include "crypto/bytes.h"

namespace esplane::dataplane::test {

struct Segment {
    bool v6 = false;
    bool tcp = true;
    std::uint8_t host = 1;  ///< last octet of the source address
    std::uint16_t source_port = 1000;
    std::uint8_t traffic_class = 0;  ///< DSCP and ECN
    std::uint8_t ttl = 64;
    bool dont_fragment = true;
    std::uint16_t id = 0;
    std::uint32_t sequence = 1;
    std::uint32_t acknowledged = 77;
    std::uint8_t flags = 0x10;  ///< ACK
    std::uint16_t window = 501;
    std::uint16_t urgent = 0;
    Bytes options;  ///< of TCP, a multiple of 4 octets
    Bytes payload;
};

Bytes build(const Segment& segment);

/// The Internet checksum (RFC 1071), deliberately not by the program's own code: octets by weight in 64 bits, folded at
/// the end. Not complemented.
std::uint64_t weigh(ByteView octets);
std::uint16_t fold(std::uint64_t sum);

/// Whether IPv4's header checksum, where there is one, and the transport's are right. The packet is TCP or UDP right
/// behind the IP header, without IPv4 options.
bool checksums_are_right(ByteView packet);

}  // namespace esplane::dataplane::test
