// The cipher side over DPDK's ports: ESP, and the datagrams of IKE. What the host sends goes its way from here, too,
// and what the ports say of themselves.
#pragma once

#include <deque>

#include "dataplane/dpdk/announcer.h"
#include "dataplane/dpdk/frame_receiver.h"
#include "dataplane/dpdk/fresh_frames.h"
#include "dataplane/dpdk/from_host.h"
#include "dataplane/dpdk/peer_ways.h"
#include "dataplane/io/packet_io.h"

namespace esplane::dataplane {

/// A PacketIo that works in place.
class DpdkCipher {
  public:
    /// One worker's. All must outlive it; `pool` is for packets that do not go out in the buffer that they came in.
    DpdkCipher(const Links& links, FrameReceiver& receiver, FrameSender& sender, Resolver& resolver, rte_mempool* pool,
               DropCounters& drops);

    std::size_t rx(std::span<Received> in);
    bool has_backlog() const { return false; }
    void release() { receiver_.release_cipher(); }
    void slots(std::span<Slot> lent);
    void slot_for(const Received& received, std::size_t index, std::ptrdiff_t before, Slot& slot);
    std::size_t tx(std::span<Slot> out);

    void expect_errors() {}
    std::optional<TooBigReport> next_report();
    static std::uint64_t take_overflows() { return 0; }  // the devices count them

    /// Datagrams to the IKE port, since the last call.
    std::vector<FrameReceiver::Ike> take_ike() { return receiver_.take_ike(); }
    /// A UDP datagram of the control thread's, marker and all.
    void send_datagram(const Path& path, ByteView datagram);

    const HostCounters& from_host() const { return from_host_.counters(); }

  private:
    /// False: the packet is dropped.
    bool send(const Slot& slot);
    void report_too_big(const Slot& slot, std::uint32_t mtu_bytes);

    FrameReceiver& receiver_;
    FrameSender& sender_;
    Resolver& resolver_;
    FreshFrames fresh_;
    PeerWays ways_;
    Announcer announcer_;
    FromHost from_host_;
    DropCounters& drops_;
    std::deque<TooBigReport> reports_;
    Tick second_{std::chrono::seconds(1)};
    std::uint16_t identification_ = 0;
};

static_assert(CarriesDatagrams<DpdkCipher> && WorksInPlace<DpdkCipher>);

}  // namespace esplane::dataplane
