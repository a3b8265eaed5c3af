#include "dataplane/dpdk/dpdk_clear.h"

#include <algorithm>

#include "dataplane/link/forwarding.h"
#include "dataplane/packet/fragment.h"

namespace esplane::dataplane {
namespace {

IpAddress destination_of(const std::uint8_t* packet) {
    if (packet[0] >> 4 == 4) return IpAddress::v4(load_be<std::uint32_t>(packet + 16));
    return IpAddress::v6(std::span<const std::uint8_t, 16>(packet + 24, 16));
}

}  // namespace

DpdkClear::DpdkClear(const Links& links, FrameReceiver& receiver, FrameSender& sender, Resolver& resolver,
                     rte_mempool* pool, DropCounters& drops)
    : links_(links),
      receiver_(receiver),
      sender_(sender),
      resolver_(resolver),
      fresh_(pool),
      pool_(pool),
      headers_(links),
      local_(links, receiver, drops),
      router_errors_(links.setups),
      drops_(drops) {}

std::size_t DpdkClear::rx(std::span<Received> in) {
    if (second_.is_due()) [[unlikely]]
        headers_.grow_old();
    return receiver_.poll_clear(in);
}

void DpdkClear::slots(std::span<Slot> lent) {
    fresh_.begin();
    for (Slot& slot : lent)
        fresh_.make(slot);
}

void DpdkClear::slot_for(const Received& received, std::size_t index, std::ptrdiff_t before, Slot& slot) {
    if (index == 0) fresh_.begin();
    if (received.frame == nullptr || !put_in_place(received, before, kTaggedEthernetHeader, slot)) fresh_.make(slot);
}

std::size_t DpdkClear::tx(std::span<Slot> out) {
    for (const Slot& slot : out)
        forward(slot);
    return sender_.flush();
}

void DpdkClear::forward(const Slot& slot) {
    rte_mbuf* const frame = slot.frame->take();
    const MutableByteView packet(slot.octets, slot.length);
    const LinkHeaders::Way& found = headers_.find(destination_of(packet.data()));
    if (found.is_own) [[unlikely]] {
        set_octets(*frame, packet.data(), packet.size());
        return local_.take(frame);
    }
    const LinkWay& way = found.link;
    if (!way.exists) return drop(frame, DropReason::kNoNeighbour);
    if (!count_hop(packet)) return out_of_hops(frame, packet, way.hop.port);
    if (packet.size() > way.mtu_bytes) [[unlikely]]
        return too_big(frame, packet, way);
    send(frame, packet, way);
}

/// `packet` lies in the frame, with room for a link's header before it.
void DpdkClear::send(rte_mbuf* frame, MutableByteView packet, const LinkWay& way) {
    way.header.write(packet.data());
    set_octets(*frame, packet.data() - way.header.length(), way.header.length() + packet.size());
    if (way.has_mac) [[likely]] {
        sender_.send(way.hop.port, frame);
    } else {
        resolver_.wait_for(way.hop, frame);
    }
}

/// It came in fragments, or by a link that carries more.
void DpdkClear::too_big(rte_mbuf* frame, MutableByteView packet, const LinkWay& way) {
    if (!forbids_fragments(packet)) {
        send_in_pieces(packet, way);
        return rte_pktmbuf_free(frame);
    }
    drops_.count(DropReason::kTooBig);
    MutableByteView message;
    if (has_room_before(*frame, packet.data(), kLongestIcmpErrorHeaders))
        message = router_errors_.too_big(packet, links_.setup(way.hop.port), std::chrono::steady_clock::now());
    tell_sender(frame, message);
}

void DpdkClear::send_in_pieces(ByteView packet, const LinkWay& way) {
    auto pieces = Ipv4Fragmenter::start(packet, {.mtu_bytes = way.mtu_bytes});
    if (!pieces) return drops_.count(DropReason::kTooBig);
    while (const auto piece = pieces->next()) {
        rte_mbuf* const frame = rte_pktmbuf_alloc(pool_);
        if (frame == nullptr) return drops_.count(DropReason::kNoBuffer);
        const MutableByteView octets(rte_pktmbuf_mtod(frame, std::uint8_t*), piece->length());
        piece->write(octets);
        send(frame, octets, way);
    }
}

void DpdkClear::out_of_hops(rte_mbuf* frame, MutableByteView packet, PortNumber port) {
    drops_.count(DropReason::kHopLimit);
    MutableByteView message;
    if (has_room_before(*frame, packet.data(), kLongestIcmpErrorHeaders))
        message = router_errors_.time_exceeded(packet, links_.setup(port), std::chrono::steady_clock::now());
    tell_sender(frame, message);
}

/// By the way that the packet came: a tunnel that may carry what the port says.
void DpdkClear::tell_sender(rte_mbuf* frame, MutableByteView message) {
    if (message.empty() || !receiver_.add_to_clear(frame, message)) rte_pktmbuf_free(frame);
}

void DpdkClear::drop(rte_mbuf* frame, DropReason reason) {
    drops_.count(reason);
    rte_pktmbuf_free(frame);
}

}  // namespace esplane::dataplane
