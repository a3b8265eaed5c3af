#include "dataplane/packet/icmp_report.h"

#include "dataplane/packet/inner_packet.h"
#include "dataplane/packet/protocols.h"
#include "dataplane/packet/transport_checksum.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kIcmpHeader = 8;
constexpr std::size_t kIpv4MinimumHeader = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kFragmentHeader = 8;
constexpr std::size_t kUdpHeader = 8;
constexpr std::size_t kLeastQuoted = 8;  // RFC 792: behind the IP header
constexpr std::uint8_t kUnreachable = 3;
constexpr std::uint8_t kFragmentationNeeded = 4;
constexpr std::uint8_t kPacketTooBig = 2;

/// What stands behind the IP header of the quote.
struct Quote {
    std::uint8_t protocol;
    ByteView payload;
};

std::optional<Spi> spi_at(ByteView payload, std::size_t at) {
    if (payload.size() < at + 4) return std::nullopt;
    const auto spi = load_be<std::uint32_t>(payload.data() + at);
    // RFC 3948 2.2: zero marks IKE.
    if (spi == 0) return std::nullopt;
    return Spi{spi};
}

bool read_payload(TooBigReport& report, const Quote& quote) {
    if (quote.payload.size() < kLeastQuoted) return false;
    if (quote.protocol == kProtocolEsp) {
        report.spi = spi_at(quote.payload, 0);
        return report.spi.has_value();
    }
    if (quote.protocol != kProtocolUdp) return false;
    report.encapsulation = Encapsulation::kUdp;
    report.outer.local.port = load_be<std::uint16_t>(quote.payload.data());
    report.outer.remote.port = load_be<std::uint16_t>(quote.payload.data() + 2);
    report.spi = spi_at(quote.payload, kUdpHeader);
    return true;
}

/// The quoted header, and not the octets behind it, is whole. A later fragment has no SPI to tell by.
std::optional<Quote> read_ipv4(TooBigReport& report, ByteView quoted) {
    if (quoted.size() < kIpv4MinimumHeader || quoted[0] >> 4 != 4) return std::nullopt;
    const std::size_t header = (quoted[0] & std::size_t{0x0f}) * 4;
    if (header < kIpv4MinimumHeader || header > quoted.size()) return std::nullopt;
    if ((load_be<std::uint16_t>(quoted.data() + 6) & 0x1fff) != 0) return std::nullopt;
    report.quoted_bytes = load_be<std::uint16_t>(quoted.data() + 2);
    if (report.quoted_bytes < header + kLeastQuoted) return std::nullopt;
    report.outer.local.address = *IpAddress::from_octets(quoted.subspan(12, 4));
    report.outer.remote.address = *IpAddress::from_octets(quoted.subspan(16, 4));
    return Quote{quoted[9], quoted.subspan(header)};
}

/// Our outer packets have no extension header but the kernel's fragment header.
std::optional<Quote> read_ipv6(TooBigReport& report, ByteView quoted) {
    if (quoted.size() < kIpv6Header || quoted[0] >> 4 != 6) return std::nullopt;
    report.quoted_bytes = static_cast<std::uint32_t>(kIpv6Header) + load_be<std::uint16_t>(quoted.data() + 4);
    report.outer.local.address = *IpAddress::from_octets(quoted.subspan(8, 16));
    report.outer.remote.address = *IpAddress::from_octets(quoted.subspan(24, 16));
    const ByteView behind = quoted.subspan(kIpv6Header);
    if (quoted[6] != kProtocolIpv6Fragment) return Quote{quoted[6], behind};
    if (behind.size() < kFragmentHeader) return std::nullopt;
    if ((load_be<std::uint16_t>(behind.data() + 2) >> 3) != 0) return std::nullopt;
    return Quote{behind[0], behind.subspan(kFragmentHeader)};
}

}  // namespace

std::optional<TooBigReport> parse_too_big_message(Family family, ByteView message) {
    if (message.size() < kIcmpHeader) return std::nullopt;
    const bool v4 = family == Family::kIpv4;
    if (message[0] != (v4 ? kUnreachable : kPacketTooBig)) return std::nullopt;
    // RFC 4443 3.2: the code is ignored by the receiver.
    if (v4 && message[1] != kFragmentationNeeded) return std::nullopt;
    TooBigReport report;
    report.mtu_bytes = v4 ? load_be<std::uint16_t>(message.data() + 6) : load_be<std::uint32_t>(message.data() + 4);
    const ByteView quoted = message.subspan(kIcmpHeader);
    const auto quote = v4 ? read_ipv4(report, quoted) : read_ipv6(report, quoted);
    if (!quote || !read_payload(report, *quote)) return std::nullopt;
    return report;
}

std::optional<TooBigReport> parse_too_big(ByteView packet) {
    const auto outer = parse_inner(packet);
    if (!outer || !outer->is_whole) return std::nullopt;
    const Family family = outer->source.family();
    const ByteView whole = packet.first(outer->length);
    const ByteView message = whole.subspan(outer->transport_offset);
    const bool v4 = family == Family::kIpv4;
    if (outer->protocol != (v4 ? kProtocolIcmp : kProtocolIpv6Icmp)) return std::nullopt;
    const std::uint16_t checksum = v4 ? checksum_finish(checksum_add(0, message))
                                      : transport_checksum(whole, outer->transport_offset, kProtocolIpv6Icmp);
    if (checksum != 0) return std::nullopt;
    return parse_too_big_message(family, message);
}

}  // namespace esplane::dataplane
