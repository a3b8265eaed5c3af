#include "dataplane/dpdk/dpdk_clear.h"

#include <algorithm>

#include "dataplane/link/forwarding.h"

namespace esplane::dataplane {
namespace {

IpAddress destination_of(ByteView packet) {
    return *IpAddress::from_octets(packet[0] >> 4 == 4 ? packet.subspan(16, 4) : packet.subspan(24, 16));
}

}  // namespace

DpdkClear::DpdkClear(const Links& links, FrameReceiver& receiver, FrameSender& sender, Resolver& resolver,
                     rte_mempool* pool, DropCounters& drops)
    : receiver_(receiver),
      sender_(sender),
      resolver_(resolver),
      fresh_(pool),
      headers_(links),
      local_(links, receiver, drops),
      drops_(drops) {}

std::size_t DpdkClear::rx(std::span<Received> in) {
    if (second_.is_due()) [[unlikely]]
        headers_.grow_old();
    receiver_.poll_clear();
    const Arrivals& arrivals = receiver_.clear();
    const std::size_t count = std::min(in.size(), arrivals.frames.size());
    std::copy_n(arrivals.packets.begin(), count, in.begin());
    return count;
}

void DpdkClear::slots(std::span<Slot> lent) {
    fresh_.begin();
    for (Slot& slot : lent)
        slot = fresh_.make();
}

Slot DpdkClear::slot_for(const Received& received, std::size_t index, std::ptrdiff_t before) {
    if (index == 0) fresh_.begin();
    if (received.frame == nullptr) return fresh_.make();
    const Slot slot = slot_in_place(received, before, kTaggedEthernetHeader);
    return slot.frame == nullptr ? fresh_.make() : slot;
}

std::size_t DpdkClear::tx(std::span<Slot> out) {
    for (const Slot& slot : out)
        forward(slot);
    return sender_.flush();
}

void DpdkClear::forward(const Slot& slot) {
    rte_mbuf* const frame = slot.frame->take();
    const MutableByteView packet(slot.octets, slot.length);
    const LinkHeaders::Way& way = headers_.find(destination_of(packet));
    if (way.is_own) [[unlikely]] {
        set_octets(*frame, packet.data(), packet.size());
        return local_.take(frame);
    }
    if (!way.exists) return drop(frame, DropReason::kNoNeighbour);
    if (!count_hop(packet)) return drop(frame, DropReason::kHopLimit);
    std::uint8_t* const begin = packet.data() - way.length;
    std::copy_n(way.octets.begin(), way.length, begin);
    set_octets(*frame, begin, way.length + packet.size());
    if (way.has_mac) [[likely]] {
        sender_.send(way.hop.port, frame);
    } else {
        resolver_.wait_for(way.hop, frame);
    }
}

void DpdkClear::drop(rte_mbuf* frame, DropReason reason) {
    drops_.count(reason);
    rte_pktmbuf_free(frame);
}

}  // namespace esplane::dataplane
