// Packets for the ports' own addresses that the gateway has no answer to, on their way to the host's programs.
//
// Each costs a system call, and whatever the kernel does with it within: some microseconds, that the tunnels wait. So
// they go at a rate, a few at a time, and those that are too many wait a moment or are dropped. From a port, nothing
// goes that claims to be from behind a tunnel (RFC 4301 5.2).
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "dataplane/dpdk/frame.h"
#include "dataplane/dpdk/links.h"
#include "dataplane/packet/token_bucket.h"
#include "dataplane/sa/drop_reason.h"

namespace esplane::dataplane {

class ToHost {
  public:
    /// One worker's. Both must outlive it.
    ToHost(const Links& links, DropCounters& drops);
    ~ToHost();
    ToHost(const ToHost&) = delete;
    ToHost& operator=(const ToHost&) = delete;

    /// Take the buffer, in which `packet` is an IP packet to an address of ours. Without a device it is dropped.
    void take_from_port(rte_mbuf* buffer, MutableByteView packet, PortNumber port);
    void take_from_tunnel(rte_mbuf* buffer, MutableByteView packet);
    /// Once a turn: writes of what waits as much as may be.
    void turn() {
        if (waiting_ > 0) [[unlikely]]
            write_waiting();
    }

    const HostCounters& counters() const { return counters_; }

  private:
    /// 120 Mbit/s of packets of 1,500 octets. A flood costs four hundredths of the worker's time.
    static constexpr std::chrono::microseconds kBetween{100};
    static constexpr std::uint32_t kMostAtOnce = 8;

    /// One for each link, and one for all tunnels: a flood on one link does not keep the operator out who comes by
    /// another.
    struct Queue {
        std::array<rte_mbuf*, kMostForHost> buffers;
        std::size_t first = 0;
        std::size_t count = 0;
        TokenBucket rate{kMostAtOnce, kBetween};
    };
    void take(rte_mbuf* buffer, MutableByteView packet, Queue& queue);
    void write_waiting();
    void write_from(Queue& queue, TimePoint now);
    bool write_out(const rte_mbuf& buffer);
    std::optional<DropReason> flaw_from_port(ByteView packet) const;
    void refuse(rte_mbuf* buffer, DropReason reason);

    const HostDevice* device_;
    DropCounters& drops_;
    std::vector<Queue> queues_;  // by port; the last is the tunnels'
    std::size_t waiting_ = 0;    // in all of them
    HostCounters counters_;
};

}  // namespace esplane::dataplane
