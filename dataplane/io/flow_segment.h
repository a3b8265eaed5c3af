// A packet seen as one segment of a TCP or UDP flow, and whether it goes on where another one ends.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/bytes.h"

namespace esplane::dataplane {

struct FlowSegment {
    MutableByteView packet;
    std::uint16_t transport = 0;  ///< offset of the TCP or UDP header
    std::uint16_t headers = 0;    ///< octets of all headers
    bool tcp = false;

    std::size_t payload() const { return packet.size() - headers; }
    ByteView addresses() const;
    ByteView ports() const { return packet.subspan(transport, 4); }
};

/// Empty for all that is neither TCP nor UDP right behind a plain IP header, whole and of the length that it says.
std::optional<FlowSegment> parse_segment(MutableByteView packet);

/// The same addresses, ports and protocol.
bool same_flow(const FlowSegment& a, const FlowSegment& b);

/// Whether others may follow in one super-packet: nothing in its headers that cutting would not give back.
bool can_lead(const FlowSegment& segment);
/// Whether more may follow it there.
bool ends_train(const FlowSegment& segment);

/// Whether cutting `first` and what came behind it, `count` segments of `payload` octets in all, would give `next` back
/// as the following segment: every field but lengths, sequence number, checksums and FIN and PSH is as in the first.
bool continues(const FlowSegment& first, std::size_t count, std::size_t payload, const FlowSegment& next);

/// Whether IPv4's and the transport's checksum are right. What is not must not be laundered by being merged.
bool checksums_hold(const FlowSegment& segment);

}  // namespace esplane::dataplane
