#include "dataplane/pipeline/mss.h"

#include <algorithm>

#include "dataplane/packet/checksum.h"
#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kTcpHeader = 20;
constexpr std::size_t kFlagsAt = 13;
constexpr std::size_t kChecksumAt = 16;
constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kEndOfOptions = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kMaximumSegmentSize = 2;

/// Where the MSS option's value stands in the TCP header; 0 if there is none, or the options are broken before it.
std::size_t find_mss(ByteView header) {
    std::size_t at = kTcpHeader;
    while (at < header.size()) {
        if (header[at] == kEndOfOptions) return 0;
        if (header[at] == kNoOperation) {
            ++at;
            continue;
        }
        if (at + 1 >= header.size()) return 0;
        const std::size_t length = header[at + 1];
        if (length < 2 || at + length > header.size()) return 0;
        if (header[at] == kMaximumSegmentSize) return length == 4 ? at + 2 : 0;
        at += length;
    }
    return 0;
}

}  // namespace

void lower_mss(MutableByteView packet, const InnerPacket& inner, std::uint16_t most) {
    if (most == 0 || inner.protocol != kProtocolTcp || !inner.has_ports) return;
    const std::size_t length = std::min<std::size_t>(packet.size(), inner.length);
    const MutableByteView segment = packet.first(length).subspan(inner.transport_offset);
    if (segment.size() < kTcpHeader || (segment[kFlagsAt] & kSyn) == 0) return;
    const std::size_t header_length = (segment[12] >> 4) * 4U;
    if (header_length < kTcpHeader || header_length > segment.size()) return;
    const std::size_t at = find_mss(segment.first(header_length));
    if (at == 0) return;
    const auto before = load_be<std::uint16_t>(segment.data() + at);
    if (before <= most) return;
    store_be(segment.data() + at, most);
    const auto checksum = load_be<std::uint16_t>(segment.data() + kChecksumAt);
    // At an odd offset the two octets stand in two words, in effect swapped.
    const bool odd = at % 2 != 0;
    store_be(segment.data() + kChecksumAt,
             checksum_update(checksum, odd ? byte_swap(before) : before, odd ? byte_swap(most) : most));
}

}  // namespace esplane::dataplane
