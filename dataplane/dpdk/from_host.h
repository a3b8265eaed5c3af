// Packets that the host's programs send from the ports' addresses: out of a port, or to where those go that come from
// the clear side. Nothing for a network behind a tunnel leaves in clear (link/host_routes.h).
#pragma once

#include <chrono>

#include "dataplane/dpdk/frame_receiver.h"
#include "dataplane/dpdk/resolver.h"
#include "dataplane/dpdk/tick.h"

namespace esplane::dataplane {

class FromHost {
  public:
    /// Of the one worker that reads the device; the others have null for it, and nothing to do. All must outlive it;
    /// `pool` is for the packets.
    FromHost(const HostDevice* device, const Links& links, FrameReceiver& receiver, FrameSender& sender,
             Resolver& resolver, rte_mempool* pool, DropCounters& drops);
    ~FromHost();
    FromHost(const FromHost&) = delete;
    FromHost& operator=(const FromHost&) = delete;

    /// Once a turn.
    void turn() {
        if (device_ != nullptr && tick_.is_due()) [[unlikely]]
            look();
    }

    const HostCounters& counters() const { return counters_; }

  private:
    // A look with nothing to see costs a system call: a few thousandths of the worker's time. At most 80,000 packets a
    // second, or 900 Mbit/s, are taken; more wait in the device, and Linux slows down who sends them.
    static constexpr std::chrono::microseconds kBetweenLooks{100};
    static constexpr int kMostPackets = 8;

    void look();
    bool take_one();
    void forward(rte_mbuf* buffer);
    void send(const NextHop& hop, rte_mbuf* buffer);
    void refuse(rte_mbuf* buffer, DropReason reason);
    void drop(rte_mbuf* buffer, DropReason reason);

    const HostDevice* device_;
    const Links& links_;
    FrameReceiver& receiver_;
    FrameSender& sender_;
    Resolver& resolver_;
    rte_mempool* pool_;
    DropCounters& drops_;
    Tick tick_{kBetweenLooks};
    rte_mbuf* empty_ = nullptr;  // for the next packet
    HostCounters counters_;
};

}  // namespace esplane::dataplane
