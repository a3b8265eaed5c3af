// Stage 4, outbound: RFC 4301 5.1.2. What becomes ESP's payload, and what the outer header takes over from the inner
// one.
#include "dataplane/packet/ip_header.h"
#include "dataplane/packet/traffic_class.h"
#include "dataplane/pipeline/esp_format.h"
#include "dataplane/pipeline/outbound.h"

namespace esplane::dataplane {
namespace {

bool wants_dont_fragment(DfPolicy policy, ByteView inner) {
    if (policy == DfPolicy::kCopy) return forbids_fragments(inner);
    return policy == DfPolicy::kSet;
}

/// The outer header is the packet's own, which the cipher side writes anew: nothing can stand between it and ESP.
Verdict use_transport_mode(OutboundPacket& packet, ByteView octets) {
    const std::uint32_t header = ip_header_length(octets);
    const bool plain = packet.inner.is_whole && header == plain_ip_header_length(packet.inner.source.family());
    if (!plain) return DropReason::kNotTransport;
    packet.text_offset = header;
    packet.next_header = ip_header_protocol(octets);
    packet.slot.traffic_class = traffic_class(octets);
    return std::nullopt;
}

Verdict encapsulate_one(OutboundPacket& packet, const Slot& slot) {
    const OutboundSa& sa = packet.child->out;
    const ByteView octets = packet.received->head();
    packet.slot.octets = slot.octets;
    packet.slot.capacity = slot.capacity;
    packet.slot.frame = slot.frame;
    if (sealed_length(sa.key, packet.inner.length) > slot.capacity) return DropReason::kNoBuffer;
    packet.slot.outer = &sa.outer;
    // What does not fit the path all the same has to be fragmented on its way.
    packet.slot.dont_fragment = packet.inner.length <= sa.sizes.mtu && wants_dont_fragment(sa.df, octets);
    if (sa.mode == Mode::kTransport) [[unlikely]]
        return use_transport_mode(packet, octets);
    packet.text_offset = 0;
    packet.next_header = packet.inner.source.family() == Family::kIpv4 ? kNextHeaderIpv4 : kNextHeaderIpv6;
    packet.slot.traffic_class = sa.dscp.outer_traffic_class(traffic_class(octets));
    return std::nullopt;
}

}  // namespace

void encapsulate(OutboundBatch& batch, std::span<const Slot> slots, DropCounters& drops) {
    std::size_t next = 0;
    batch.keep(drops, [&](OutboundPacket& packet) { return encapsulate_one(packet, slots[next++]); });
}

}  // namespace esplane::dataplane
