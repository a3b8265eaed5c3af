#include "dataplane/packet/icmp_too_big.h"

#include <algorithm>

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kLeastMtu = 1280;  // of IPv6 (RFC 8200 5)
constexpr std::uint8_t kUnreachable = 3;
constexpr std::uint8_t kFragmentationNeeded = 4;
constexpr std::uint8_t kPacketTooBig = 2;

IcmpError error_of(Family family, std::uint32_t mtu_bytes) {
    // RFC 1191 4: in the second half of the word.
    if (family == Family::kIpv4)
        return {.type = kUnreachable, .code = kFragmentationNeeded, .rest = std::min<std::uint32_t>(mtu_bytes, 65535)};
    return {.type = kPacketTooBig, .rest = std::max(mtu_bytes, kLeastMtu)};
}

}  // namespace

MutableByteView make_too_big(const InnerPacket& packet, MutableByteView octets, const IpAddress& from,
                             std::uint32_t mtu_bytes) {
    return put_before_quote(error_of(packet.source.family(), mtu_bytes), packet, from, octets.data());
}

std::size_t build_too_big(const InnerPacket& packet, ByteView octets, const IpAddress& from, std::uint32_t mtu_bytes,
                          MutableByteView out) {
    if (!may_answer_with_error(packet, octets)) return 0;
    const Family family = packet.source.family();
    std::uint8_t* const quoted = out.data() + icmp_error_headers(family);
    std::copy_n(octets.begin(), icmp_quote(packet), quoted);
    return put_before_quote(error_of(family, mtu_bytes), packet, from, quoted).size();
}

}  // namespace esplane::dataplane
