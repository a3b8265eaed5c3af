// What all ICMP errors have in common (RFC 792, RFC 1812 4.3.2; RFC 4443 2): which packets they may answer, how much of
// a packet they quote, and what stands before that.
#pragma once

#include <chrono>
#include <cstdint>

#include "crypto/bytes.h"
#include "dataplane/packet/inner_packet.h"
#include "dataplane/packet/token_bucket.h"

namespace esplane::dataplane {

/// Octets that any such message fits.
inline constexpr std::size_t kLongestIcmpError = 1280;
/// Octets before the quote: an IP header and ICMP's.
constexpr std::size_t icmp_error_headers(Family family) {
    return family == Family::kIpv4 ? 28 : 48;
}
inline constexpr std::size_t kLongestIcmpErrorHeaders = icmp_error_headers(Family::kIpv6);

struct IcmpError {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint32_t rest = 0;  ///< the word behind the checksum
};

/// Whether an ICMP error may answer this packet at all (RFC 1122 3.2.2, RFC 1812 4.3.2.7, RFC 4443 2.4 e). `packet` is
/// what parse_inner() read from `octets`. What it cannot tell for sure it answers with no. An IPv6 packet to a
/// multicast group may be answered with "packet too big" alone (e.3), which is the caller's to know.
bool may_answer_with_error(const InnerPacket& packet, ByteView octets);

/// Octets of the packet that are quoted: as many as there are, within 576 octets of IPv4 (RFC 1812 4.3.2.3) or 1280 of
/// IPv6 (RFC 4443 2.4 c).
std::size_t icmp_quote(const InnerPacket& packet);

/// Makes the message around the quote, where that lies: in front of `quoted`, the packet's first icmp_quote() octets,
/// icmp_error_headers() are written. Returns it whole. `from` is an address of the packet's family.
MutableByteView put_before_quote(const IcmpError& error, const InnerPacket& packet, const IpAddress& from,
                                 std::uint8_t* quoted);

/// How often such messages may be sent (RFC 1812 4.3.2.8, RFC 4443 2.4 f).
inline TokenBucket icmp_error_allowance() {
    return {100, std::chrono::milliseconds(5)};
}

}  // namespace esplane::dataplane
