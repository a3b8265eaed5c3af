#include "dataplane/packet/fragment_header.h"

#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kIpv4MinimumHeader = 20;
constexpr std::uint32_t kIpv6Header = 40;
constexpr std::uint32_t kFragmentHeader = 8;
constexpr int kMostExtensionHeaders = 8;
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kDestinationOptions = 60;

FragmentHeader::Kind kind_of(const FragmentHeader& header, FragmentHeader::Kind unfragmented) {
    return header.more || header.offset != 0 ? FragmentHeader::Kind::kFragment : unfragmented;
}

std::optional<FragmentHeader> parse_ipv4(ByteView octets) {
    if (octets.size() < kIpv4MinimumHeader) return std::nullopt;
    FragmentHeader header;
    header.length = load_be<std::uint16_t>(octets.data() + 2);
    header.kept = (octets[0] & 0x0fU) * 4U;
    header.data_at = header.kept;
    if (header.kept < kIpv4MinimumHeader || header.length < header.kept || header.length > octets.size()) {
        return std::nullopt;
    }
    const auto field = load_be<std::uint16_t>(octets.data() + 6);
    header.offset = (field & 0x1fffU) * 8U;
    header.more = (field & 0x2000) != 0;
    header.protocol = octets[9];
    header.kind = kind_of(header, FragmentHeader::Kind::kWhole);
    header.key = {.source = *IpAddress::from_octets(octets.subspan(12, 4)),
                  .destination = *IpAddress::from_octets(octets.subspan(16, 4)),
                  .identification = load_be<std::uint16_t>(octets.data() + 4),
                  .protocol = header.protocol};
    return header;
}

/// Reads the fragment header at `header.kept`.
bool read_ipv6_fragment(FragmentHeader& header, ByteView octets) {
    if (header.kept + kFragmentHeader > header.length) return false;
    const std::uint8_t* const at = octets.data() + header.kept;
    header.data_at = header.kept + kFragmentHeader;
    header.protocol = at[0];
    const auto field = load_be<std::uint16_t>(at + 2);
    header.offset = field & 0xfff8U;
    header.more = (field & 1) != 0;
    header.kind = kind_of(header, FragmentHeader::Kind::kAtomic);
    header.key = {.source = *IpAddress::from_octets(octets.subspan(8, 16)),
                  .destination = *IpAddress::from_octets(octets.subspan(24, 16)),
                  .identification = load_be<std::uint32_t>(at + 4)};
    return true;
}

std::optional<FragmentHeader> parse_ipv6(ByteView octets) {
    if (octets.size() < kIpv6Header) return std::nullopt;
    FragmentHeader header;
    header.length = kIpv6Header + load_be<std::uint16_t>(octets.data() + 4);
    if (header.length > octets.size()) return std::nullopt;
    header.kept = kIpv6Header;
    header.next_header_at = 6;
    for (int count = 0; count <= kMostExtensionHeaders; ++count) {
        switch (octets[header.next_header_at]) {
            case kProtocolIpv6Fragment:
                if (!read_ipv6_fragment(header, octets)) return std::nullopt;
                return header;
            // RFC 8200 4.5: only these stand in front of a fragment header.
            case kHopByHop:
            case kRouting:
            case kDestinationOptions:
                if (header.kept + 2 > header.length) return std::nullopt;
                header.next_header_at = header.kept;
                header.kept += (octets[header.kept + 1] + 1U) * 8U;
                if (header.kept > header.length) return std::nullopt;
                break;
            default:
                header.data_at = header.kept;
                header.protocol = octets[header.next_header_at];
                return header;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<FragmentHeader> parse_fragment_header(ByteView octets) {
    if (octets.empty()) return std::nullopt;
    switch (octets[0] >> 4) {
        case 4:
            return parse_ipv4(octets);
        case 6:
            return parse_ipv6(octets);
        default:
            return std::nullopt;
    }
}

}  // namespace esplane::dataplane
