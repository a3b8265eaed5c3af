// The clear side over DPDK's ports: plain packets of the networks that the gateway is a router for.
#pragma once

#include "dataplane/dpdk/frame_receiver.h"
#include "dataplane/dpdk/fresh_frames.h"
#include "dataplane/dpdk/link_headers.h"
#include "dataplane/dpdk/local_delivery.h"
#include "dataplane/io/packet_io.h"
#include "dataplane/link/router_errors.h"

namespace esplane::dataplane {

/// A PacketIo that works in place. All ports together are the one ClearPort that is attached.
class DpdkClear {
  public:
    /// One worker's. All must outlive it; `pool` is for packets that do not go out in the buffer that they came in.
    DpdkClear(const Links& links, FrameReceiver& receiver, FrameSender& sender, Resolver& resolver, rte_mempool* pool,
              DropCounters& drops);

    void attach(ClearPort port, int, OffloadSupport) { receiver_.set_clear_port(port); }
    void detach(ClearPort) {}

    std::size_t rx(std::span<Received> in);
    bool has_backlog() const { return false; }
    void release() { receiver_.release_clear(); }
    void slots(std::span<Slot> lent);
    void slot_for(const Received& received, std::size_t index, std::ptrdiff_t before, Slot& slot);
    std::size_t tx(std::span<Slot> out);
    std::size_t flush() { return sender_.flush(); }

  private:
    void forward(const Slot& slot);
    void send(rte_mbuf* frame, MutableByteView packet, const LinkWay& way);
    void too_big(rte_mbuf* frame, MutableByteView packet, const LinkWay& way);
    void send_in_pieces(ByteView packet, const LinkWay& way);
    void out_of_hops(rte_mbuf* frame, MutableByteView packet, PortNumber port);
    void tell_sender(rte_mbuf* frame, MutableByteView message);
    void drop(rte_mbuf* frame, DropReason reason);

    const Links& links_;
    FrameReceiver& receiver_;
    FrameSender& sender_;
    Resolver& resolver_;
    FreshFrames fresh_;
    rte_mempool* pool_;
    LinkHeaders headers_;
    LocalDelivery local_;
    RouterErrors router_errors_;
    Tick second_{std::chrono::seconds(1)};
    DropCounters& drops_;
};

static_assert(ClearIo<DpdkClear> && WorksInPlace<DpdkClear>);

}  // namespace esplane::dataplane
