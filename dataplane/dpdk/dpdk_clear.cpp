#include "dataplane/dpdk/dpdk_clear.h"

#include <algorithm>
#include <cstring>

#include "dataplane/link/forwarding.h"

namespace esplane::dataplane {
namespace {

IpAddress destination_of(const std::uint8_t* packet) {
    if (packet[0] >> 4 == 4) return IpAddress::v4(load_be<std::uint32_t>(packet + 16));
    return IpAddress::v6(std::span<const std::uint8_t, 16>(packet + 24, 16));
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
    const LinkHeaders::Way& way = headers_.find(destination_of(packet.data()));
    if (way.is_own) [[unlikely]] {
        set_octets(*frame, packet.data(), packet.size());
        return local_.take(frame);
    }
    if (!way.exists) return drop(frame, DropReason::kNoNeighbour);
    if (!count_hop(packet)) return drop(frame, DropReason::kHopLimit);
    std::uint8_t* const begin = packet.data() - way.length;
    // Of one length always: that is no call.
    std::memcpy(packet.data() - way.octets.size(), way.octets.data(), way.octets.size());
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
