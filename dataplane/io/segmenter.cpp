#include "dataplane/io/segmenter.h"

#include <algorithm>

#include "dataplane/io/transport_headers.h"
#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

/// RFC 768: a computed 0 is sent as all ones, since 0 says that there is none. To TCP the two are the same.
std::uint16_t finish_transport(std::uint32_t sum) {
    const std::uint16_t checksum = checksum_finish(sum);
    return checksum == 0 ? std::uint16_t{0xffff} : checksum;
}

/// What stands in the field already is the sum of the pseudo header.
bool fill_in_checksum(const OffloadHeader& offload, MutableByteView packet) {
    const std::size_t start = offload.csum_start;
    const std::size_t field = start + offload.csum_offset;
    if (field + 2 > packet.size()) return false;
    store_be(packet.data() + field, finish_transport(checksum_add(0, packet.subspan(start))));
    return true;
}

}  // namespace

Segmenter::Verdict Segmenter::begin(const OffloadHeader& offload, MutableByteView packet) {
    packet_ = {};
    at_ = 0;
    const std::uint8_t type = offload.gso_type & static_cast<std::uint8_t>(~kGsoWithEcn);
    if (type == kGsoNone) {
        const bool unfinished = (offload.flags & kOffloadNeedsChecksum) != 0;
        return !unfinished || fill_in_checksum(offload, packet) ? Verdict::kWhole : Verdict::kBroken;
    }
    tcp_ = type == kGsoTcpIpv4 || type == kGsoTcpIpv6;
    if (!tcp_ && type != kGsoUdp) return Verdict::kBroken;
    packet_ = packet;
    if (!find_headers(offload)) {
        packet_ = {};
        return Verdict::kBroken;
    }
    at_ = headers_;
    return Verdict::kCut;
}

bool Segmenter::find_headers(const OffloadHeader& offload) {
    inner_ = {};
    if (!parse_inner(packet_, inner_) || inner_.length != packet_.size() || !inner_.is_whole) return false;
    if (inner_.protocol != (tcp_ ? kProtocolTcp : kProtocolUdp)) return false;
    transport_ = inner_.transport_offset;
    const std::size_t least = tcp_ ? kTcpHeader : kUdpHeader;
    if (transport_ + least > packet_.size()) return false;
    const std::size_t length = tcp_ ? (packet_[transport_ + kTcpOffsetAt] >> 4) * 4U : kUdpHeader;
    headers_ = transport_ + length;
    segment_size_ = offload.gso_size;
    count_ = 0;
    if (length < least || headers_ >= packet_.size() || headers_ > super_headers_.size()) return false;
    std::copy_n(packet_.begin(), headers_, super_headers_.begin());
    return segment_size_ > 0;
}

// What differs between the segments of a super-packet: lengths and checksums; IPv4's ID, which counts up as in the
// kernel's own segmentation; TCP's sequence number; FIN and PSH belong to the last, CWR to the first (RFC 3168 6.1.2).
Received Segmenter::next(SegmentHeaders& headers) {
    const std::size_t payload = std::min(segment_size_, packet_.size() - at_);
    const std::size_t length = headers_ + payload;
    headers.inner = inner_;
    headers.inner.length = static_cast<std::uint32_t>(length);
    headers.length = static_cast<std::uint32_t>(headers_);
    std::uint8_t* const to = headers.octets.data();
    std::copy_n(super_headers_.begin(), headers_, to);
    if (to[0] >> 4 == 4)
        store_be(to + kIpv4IdAt, static_cast<std::uint16_t>(load_be<std::uint16_t>(to + kIpv4IdAt) + count_));
    set_ip_length(to, length);
    std::uint8_t* const checksum = tcp_ ? change_tcp(to + transport_, at_ + payload == packet_.size())
                                        : change_udp(to + transport_, kUdpHeader + payload);
    const std::uint8_t protocol = tcp_ ? kProtocolTcp : kProtocolUdp;
    std::uint32_t sum = pseudo_header_sum({to, headers_}, protocol, length - transport_);
    sum = checksum_add(sum, {to + transport_, headers_ - transport_});
    sum = checksum_add(sum, packet_.subspan(at_, payload));
    store_be(checksum, finish_transport(sum));
    const Received segment{.octets = packet_.subspan(at_ - headers_, length), .headers = &headers};
    at_ += payload;
    ++count_;
    return segment;
}

std::uint8_t* Segmenter::change_tcp(std::uint8_t* header, bool last) const {
    const auto sequence = load_be<std::uint32_t>(header + kTcpSequenceAt);
    store_be(header + kTcpSequenceAt, static_cast<std::uint32_t>(sequence + (at_ - headers_)));
    if (!last) header[kTcpFlagsAt] &= static_cast<std::uint8_t>(~(kTcpFin | kTcpPsh));
    if (count_ > 0) header[kTcpFlagsAt] &= static_cast<std::uint8_t>(~kTcpCwr);
    store_be(header + kTcpChecksumAt, std::uint16_t{0});
    return header + kTcpChecksumAt;
}

std::uint8_t* Segmenter::change_udp(std::uint8_t* header, std::size_t length) const {
    store_be(header + kUdpLengthAt, static_cast<std::uint16_t>(length));
    store_be(header + kUdpChecksumAt, std::uint16_t{0});
    return header + kUdpChecksumAt;
}

}  // namespace esplane::dataplane
