#include "dataplane/dpdk/from_host.h"

#include <unistd.h>

#include <utility>

#include "dataplane/packet/inner_packet.h"

namespace esplane::dataplane {

FromHost::FromHost(const HostDevice* device, const Links& links, FrameReceiver& receiver, FrameSender& sender,
                   Resolver& resolver, rte_mempool* pool, DropCounters& drops)
    : device_(device),
      links_(links),
      receiver_(receiver),
      sender_(sender),
      resolver_(resolver),
      pool_(pool),
      drops_(drops) {}

FromHost::~FromHost() {
    if (empty_ != nullptr) rte_pktmbuf_free(empty_);
}

void FromHost::look() {
    const HostRoutes::Lock lock = device_->routes.try_lock();
    if (!lock.owns_lock()) return;  // the control thread is changing them: what is to be sent can wait
    for (int taken = 0; taken < kMostPackets && take_one();)
        ++taken;
}

bool FromHost::take_one() {
    if (empty_ == nullptr) empty_ = rte_pktmbuf_alloc(pool_);
    if (empty_ == nullptr) return false;  // it stays where it is
    auto* const begin = rte_pktmbuf_mtod(empty_, std::uint8_t*);
    const ssize_t length = read(device_->tun.get(), begin, rte_pktmbuf_tailroom(empty_));
    if (length <= 0) return false;
    rte_mbuf* const buffer = std::exchange(empty_, nullptr);
    set_octets(*buffer, begin, static_cast<std::size_t>(length));
    forward(buffer);
    return true;
}

void FromHost::forward(rte_mbuf* buffer) {
    const MutableByteView packet = octets_of(*buffer);
    const auto parsed = parse_inner(packet);
    if (!parsed) return refuse(buffer, DropReason::kMalformedInner);
    const HostRoutes::Way way = device_->routes.find(parsed->source, parsed->destination);
    switch (way.kind) {
        case HostRoutes::Kind::kForeign:
            // Not refused: the kernel asks every device for multicast routers.
            return drop(buffer, DropReason::kNotForUs);
        case HostRoutes::Kind::kNoWay:
            return refuse(buffer, DropReason::kNoNeighbour);
        case HostRoutes::Kind::kTunnels:
            if (!receiver_.add_to_clear(buffer, packet)) return refuse(buffer, DropReason::kTxFailed);
            break;
        case HostRoutes::Kind::kPort:
            if (packet.size() > links_.setup(way.hop.port).mtu_bytes) return refuse(buffer, DropReason::kTooBig);
            send(way.hop, buffer);
            break;
    }
    counters_.packets.add(1);
    counters_.bytes.add(packet.size());
}

void FromHost::send(const NextHop& hop, rte_mbuf* buffer) {
    const MutableByteView packet = octets_of(*buffer);
    const PortSetup& port = links_.setup(hop.port);
    const auto mac = resolver_.find(hop);
    const std::uint32_t header_length = port.vlan ? kTaggedEthernetHeader : kEthernetHeader;
    std::uint8_t* const frame = packet.data() - header_length;
    const bool v4 = hop.address.family() == Family::kIpv4;
    write_ethernet({.destination = mac.value_or(MacAddress{}),
                    .source = port.mac,
                    .type = v4 ? kEtherTypeIpv4 : kEtherTypeIpv6,
                    .vlan = port.vlan},
                   frame);
    const auto length = static_cast<std::uint32_t>(header_length + packet.size());
    set_octets(*buffer, frame, pad_ethernet(frame, header_length, length));
    if (mac) {
        sender_.send(hop.port, buffer);
    } else {
        resolver_.wait_for(hop, buffer);
    }
}

void FromHost::refuse(rte_mbuf* buffer, DropReason reason) {
    counters_.refused.add(1);
    drop(buffer, reason);
}

void FromHost::drop(rte_mbuf* buffer, DropReason reason) {
    drops_.count(reason);
    rte_pktmbuf_free(buffer);
}

}  // namespace esplane::dataplane
