#include "dataplane/io/coalescer.h"

#include <algorithm>
#include <cstring>

#include "dataplane/io/transport_headers.h"
#include "dataplane/packet/protocols.h"

namespace esplane::dataplane {
namespace {

constexpr std::size_t kLongestPacket = 65535;

}  // namespace

void Coalescer::group(std::span<const Slot> slots, std::size_t first, OffloadSupport takes) {
    takes_ = takes;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        packets_[first + i] = {slots[i].octets, slots[i].length};
        add(static_cast<std::uint16_t>(first + i), slots[i].port);
    }
}

void Coalescer::add(std::uint16_t index, ClearPort port) {
    const auto segment = parse_segment(packets_[index]);
    if (!segment) {
        // A fragment, say: of which flow cannot be told, so nothing may overtake it.
        open_count_ = 0;
        start(index, port);
        return;
    }
    if (!(segment->tcp ? takes_.tcp : takes_.udp)) {
        start(index, port);
        return;
    }
    const std::size_t found = find_open(port, *segment);
    if (found < open_count_) {
        Train& train = trains_[open_[found]];
        const bool joined = join(train, index, *segment);
        if (!joined || ends_train(*segment) || segment->payload() < train.lead.payload()) close(found);
        if (joined) return;
    }
    Train& train = start(index, port);
    if (!can_lead(*segment) || ends_train(*segment)) return;
    train.lead = *segment;
    train.payload = segment->payload();
    open(static_cast<std::uint16_t>(count_ - 1));
}

Coalescer::Train& Coalescer::start(std::uint16_t index, ClearPort port) {
    Train& train = trains_[count_++];
    train = Train{.port = port, .first = index, .last = index, .count = 1};
    next_[index] = kNone;
    return train;
}

bool Coalescer::is_open(std::size_t train) const {
    const auto end = open_.begin() + static_cast<std::ptrdiff_t>(open_count_);
    return std::find(open_.begin(), end, train) != end;
}

bool Coalescer::join(Train& train, std::uint16_t index, const FlowSegment& segment) {
    if (train.lead.headers + train.payload + segment.payload() > kLongestPacket) return false;
    if (!continues(train.lead, train.count, train.payload, segment)) return false;
    if (train.count == 1 && !checksums_hold(train.lead)) return false;
    if (!checksums_hold(segment)) return false;
    next_[train.last] = index;
    next_[index] = kNone;
    train.last = index;
    ++train.count;
    train.payload += segment.payload();
    return true;
}

std::size_t Coalescer::find_open(ClearPort port, const FlowSegment& segment) const {
    std::size_t at = 0;
    while (at < open_count_ && (trains_[open_[at]].port != port || !same_flow(trains_[open_[at]].lead, segment)))
        ++at;
    return at;
}

void Coalescer::open(std::uint16_t train) {
    if (open_count_ == kMostOpen) close(0);
    open_[open_count_++] = train;
}

void Coalescer::close(std::size_t open_index) {
    std::copy(open_.begin() + static_cast<std::ptrdiff_t>(open_index) + 1,
              open_.begin() + static_cast<std::ptrdiff_t>(open_count_),
              open_.begin() + static_cast<std::ptrdiff_t>(open_index));
    --open_count_;
}

std::span<const iovec> Coalescer::finish(std::size_t number) {
    const Train& train = trains_[number];
    OffloadHeader offload{};
    if (train.count > 1) {
        finish_headers(train);
        offload = describe(train);
    }
    // One piece of memory costs a small packet's write less than two.
    const MutableByteView lead = packets_[train.first];
    pieces_[0] = {lead.data() - sizeof offload, sizeof offload + lead.size()};
    std::memcpy(pieces_[0].iov_base, &offload, sizeof offload);
    std::size_t pieces = 1;
    for (std::uint16_t at = next_[train.first]; at != kNone; at = next_[at]) {
        const MutableByteView payload = packets_[at].subspan(train.lead.headers);
        pieces_[pieces++] = {payload.data(), payload.size()};
    }
    return {pieces_.data(), pieces};
}

/// What the device is told of a train of several packets.
OffloadHeader Coalescer::describe(const Train& train) {
    const FlowSegment& lead = train.lead;
    const bool v4 = lead.packet[0] >> 4 == 4;
    return {.flags = kOffloadNeedsChecksum,
            .gso_type = !lead.tcp ? kGsoUdp
                        : v4      ? kGsoTcpIpv4
                                  : kGsoTcpIpv6,
            .hdr_len = lead.headers,
            .gso_size = static_cast<std::uint16_t>(lead.payload()),
            .csum_start = lead.transport,
            .csum_offset = static_cast<std::uint16_t>(lead.tcp ? kTcpChecksumAt : kUdpChecksumAt)};
}

void Coalescer::finish_headers(const Train& train) {
    std::uint8_t* const packet = train.lead.packet.data();
    std::uint8_t* const transport = packet + train.lead.transport;
    const std::size_t length = train.lead.headers + train.payload;
    const std::size_t transport_length = length - train.lead.transport;
    const bool tcp = train.lead.tcp;
    set_ip_length(packet, length);
    if (tcp) {
        const std::uint8_t* const last = packets_[train.last].data() + train.lead.transport;
        transport[kTcpFlagsAt] |= last[kTcpFlagsAt] & (kTcpFin | kTcpPsh);
    } else {
        store_be(transport + kUdpLengthAt, static_cast<std::uint16_t>(transport_length));
    }
    // What is left to the device, or to whoever takes it from there: the sum over the rest.
    const std::size_t checksum_at = tcp ? kTcpChecksumAt : kUdpChecksumAt;
    store_be(transport + checksum_at,
             checksum_fold(
                 pseudo_header_sum({packet, train.lead.headers}, tcp ? kProtocolTcp : kProtocolUdp, transport_length)));
}

}  // namespace esplane::dataplane
