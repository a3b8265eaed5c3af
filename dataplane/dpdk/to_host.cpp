#include "dataplane/dpdk/to_host.h"

#include <unistd.h>

#include "dataplane/packet/inner_packet.h"

namespace esplane::dataplane {

ToHost::ToHost(const Links& links, DropCounters& drops)
    : device_(links.host.get()), drops_(drops), queues_(device_ == nullptr ? 0 : links.setups.size() + 1) {}

ToHost::~ToHost() {
    for (const Queue& queue : queues_) {
        for (std::size_t i = 0; i < queue.count; ++i)
            rte_pktmbuf_free(queue.buffers[(queue.first + i) % queue.buffers.size()]);
    }
}

void ToHost::take_from_port(rte_mbuf* buffer, MutableByteView packet, PortNumber port) {
    if (device_ == nullptr) return refuse(buffer, DropReason::kNotForUs);
    Queue& queue = queues_[to_number(port)];
    // Before anything else is looked at: most of a flood ends here.
    if (queue.count == queue.buffers.size()) return refuse(buffer, DropReason::kHostLimit);
    if (const auto flaw = flaw_from_port(packet)) return refuse(buffer, *flaw);
    take(buffer, packet, queue);
}

void ToHost::take_from_tunnel(rte_mbuf* buffer, MutableByteView packet) {
    if (device_ == nullptr) return refuse(buffer, DropReason::kNotForUs);
    Queue& queue = queues_.back();
    if (queue.count == queue.buffers.size()) return refuse(buffer, DropReason::kHostLimit);
    take(buffer, packet, queue);
}

/// Fails closed while the routes are changing: whoever means it sends it again.
std::optional<DropReason> ToHost::flaw_from_port(ByteView packet) const {
    const auto parsed = parse_inner(packet);
    if (!parsed) return DropReason::kMalformedInner;
    const HostRoutes::Lock lock = device_->routes.try_lock();
    if (!lock) return DropReason::kInClear;
    const HostRoutes::Way back = device_->routes.find(parsed->destination, parsed->source);
    return back.kind == HostRoutes::Kind::kTunnels ? std::optional(DropReason::kInClear) : std::nullopt;
}

/// There is room.
void ToHost::take(rte_mbuf* buffer, MutableByteView packet, Queue& queue) {
    set_octets(*buffer, packet.data(), packet.size());
    queue.buffers[(queue.first + queue.count) % queue.buffers.size()] = buffer;
    ++queue.count;
    ++waiting_;
    write_from(queue, std::chrono::steady_clock::now());
}

void ToHost::write_waiting() {
    const TimePoint now = std::chrono::steady_clock::now();
    for (Queue& queue : queues_)
        write_from(queue, now);
}

void ToHost::write_from(Queue& queue, TimePoint now) {
    while (queue.count > 0 && queue.rate.take(now)) {
        rte_mbuf* const buffer = queue.buffers[queue.first];
        queue.first = (queue.first + 1) % queue.buffers.size();
        --queue.count;
        --waiting_;
        if (!write_out(*buffer)) {
            refuse(buffer, DropReason::kTxFailed);
        } else {
            rte_pktmbuf_free(buffer);
        }
    }
}

bool ToHost::write_out(const rte_mbuf& buffer) {
    const ByteView packet = octets_of(buffer);
    if (write(device_->tun.get(), packet.data(), packet.size()) < 0) return false;
    counters_.packets.add(1);
    counters_.bytes.add(packet.size());
    return true;
}

void ToHost::refuse(rte_mbuf* buffer, DropReason reason) {
    counters_.refused.add(1);
    drops_.count(reason);
    rte_pktmbuf_free(buffer);
}

}  // namespace esplane::dataplane
