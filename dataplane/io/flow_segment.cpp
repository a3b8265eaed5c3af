#include "dataplane/io/flow_segment.h"

#include <algorithm>
#include <cstring>

#include "dataplane/io/transport_headers.h"
#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

bool is_ipv4(const FlowSegment& segment) {
    return segment.packet[0] >> 4 == 4;
}

bool equal(const FlowSegment& a, const FlowSegment& b, std::size_t offset, std::size_t length) {
    return std::memcmp(a.packet.data() + offset, b.packet.data() + offset, length) == 0;
}

std::uint16_t field16(const FlowSegment& segment, std::size_t offset) {
    return load_be<std::uint16_t>(segment.packet.data() + offset);
}

std::uint32_t sequence_of(const FlowSegment& segment) {
    return load_be<std::uint32_t>(segment.packet.data() + segment.transport + kTcpSequenceAt);
}

std::uint8_t flags_of(const FlowSegment& segment) {
    return segment.packet[segment.transport + kTcpFlagsAt];
}

std::optional<std::uint16_t> transport_offset(ByteView packet, std::uint8_t& protocol) {
    if (packet.size() >= kIpv4Header && packet[0] == 0x45) {
        const bool fragment = (load_be<std::uint16_t>(packet.data() + kIpv4FragmentAt) & ~kIpv4DontFragment) != 0;
        if (fragment || load_be<std::uint16_t>(packet.data() + kIpv4LengthAt) != packet.size()) return std::nullopt;
        protocol = packet[9];
        return kIpv4Header;
    }
    if (packet.size() >= kIpv6Header && packet[0] >> 4 == 6) {
        if (load_be<std::uint16_t>(packet.data() + kIpv6LengthAt) + kIpv6Header != packet.size()) return std::nullopt;
        protocol = packet[6];
        return kIpv6Header;
    }
    return std::nullopt;
}

bool same_ip(const FlowSegment& first, std::size_t count, const FlowSegment& next) {
    if (!is_ipv4(first)) return equal(first, next, 0, kIpv6LengthAt) && equal(first, next, 6, 2);
    // Version, header length, DSCP and ECN; flags; TTL and protocol.
    if (!equal(first, next, 0, 2) || !equal(first, next, kIpv4FragmentAt, 2) || !equal(first, next, 8, 2)) return false;
    // RFC 6864 4.1: with DF set the ID has no meaning. Otherwise it must be what cutting makes of it.
    if (field16(first, kIpv4FragmentAt) == kIpv4DontFragment) return true;
    return field16(next, kIpv4IdAt) == static_cast<std::uint16_t>(field16(first, kIpv4IdAt) + count);
}

bool same_tcp(const FlowSegment& first, std::size_t payload, const FlowSegment& next) {
    constexpr std::uint8_t kOfTheLast = kTcpFin | kTcpPsh;
    const std::size_t at = first.transport;
    return sequence_of(next) == static_cast<std::uint32_t>(sequence_of(first) + payload) &&
           equal(first, next, at + 8, 5) &&                                    // acknowledgement number, header length
           (flags_of(first) | kOfTheLast) == (flags_of(next) | kOfTheLast) &&  //
           equal(first, next, at + 14, 2) &&                                   // window
           equal(first, next, at + 18, first.headers - at - 18U);              // urgent pointer, options
}

}  // namespace

ByteView FlowSegment::addresses() const {
    return packet[0] >> 4 == 4 ? packet.subspan(12, 8) : packet.subspan(8, 32);
}

std::optional<FlowSegment> parse_segment(MutableByteView packet) {
    std::uint8_t protocol = 0;
    const auto transport = transport_offset(packet, protocol);
    if (!transport || (protocol != kProtocolTcp && protocol != kProtocolUdp)) return std::nullopt;
    FlowSegment segment{.packet = packet, .transport = *transport, .tcp = protocol == kProtocolTcp};
    std::size_t header = kUdpHeader;
    if (segment.tcp) {
        if (*transport + kTcpHeader > packet.size()) return std::nullopt;
        header = (packet[*transport + kTcpOffsetAt] >> 4) * 4U;
        if (header < kTcpHeader) return std::nullopt;
    }
    if (*transport + header > packet.size()) return std::nullopt;
    segment.headers = static_cast<std::uint16_t>(*transport + header);
    return segment;
}

bool same_flow(const FlowSegment& a, const FlowSegment& b) {
    return a.tcp == b.tcp && a.transport == b.transport && equal(a, b, a.transport, 4) &&
           std::ranges::equal(a.addresses(), b.addresses());
}

bool can_lead(const FlowSegment& segment) {
    if (segment.payload() == 0) return false;
    if (segment.tcp) return (flags_of(segment) & ~(kTcpFin | kTcpPsh)) == kTcpAck;
    // A length of its own means that something stands behind the datagram; a checksum of 0, that there is none.
    return field16(segment, segment.transport + kUdpLengthAt) == segment.packet.size() - segment.transport &&
           field16(segment, segment.transport + kUdpChecksumAt) != 0;
}

bool ends_train(const FlowSegment& segment) {
    return segment.tcp && (flags_of(segment) & (kTcpFin | kTcpPsh)) != 0;
}

bool continues(const FlowSegment& first, std::size_t count, std::size_t payload, const FlowSegment& next) {
    if (next.headers != first.headers || next.payload() > first.payload() || !can_lead(next)) return false;
    return same_ip(first, count, next) && (!first.tcp || same_tcp(first, payload, next));
}

bool checksums_hold(const FlowSegment& segment) {
    const ByteView packet = segment.packet;
    if (is_ipv4(segment) && checksum_fold(checksum_add(0, packet.first(segment.transport))) != 0xffff) return false;
    return transport_checksum(packet, segment.transport, segment.tcp ? kProtocolTcp : kProtocolUdp) == 0;
}

}  // namespace esplane::dataplane
