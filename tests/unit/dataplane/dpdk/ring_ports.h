// A gateway's two ports in memory, rings of DPDK's in the place of devices, with one worker's ends of them: frames are
// put before the receive queues, and taken away behind the transmit queues.
#pragma once

#include <memory>
#include <vector>

#include "dataplane/dpdk/dpdk_cipher.h"
#include "dataplane/dpdk/dpdk_clear.h"
#include "dataplane/dpdk/eal.h"
#include "dataplane/dpdk/pools.h"

struct rte_ring;

namespace esplane::dataplane::test {

inline constexpr PortNumber kClearPort{0};
inline constexpr PortNumber kCipherPort{1};

/// The clear side is 10.1.0.1/24 and fd00:1::1/64, the cipher side 192.0.2.1/24 and 2001:db8::1/64; the MTU is 1500.
class RingPorts {
  public:
    /// DPDK starts once in a process.
    static RingPorts& only();

    void arrive(PortNumber port, ByteView frame);
    /// What was sent since the last call, in order.
    std::vector<Bytes> take_sent(PortNumber port);
    /// A neighbour, whose MAC address nobody has to ask for.
    void hear(PortNumber port, const IpAddress& address, const MacAddress& mac);
    /// Buffers that nobody holds, after what was sent is thrown away: a question for a neighbour may be among it.
    std::size_t free_buffers();

    Links& links() { return *links_; }
    const PacketPools& pools() const { return from_; }

  private:
    RingPorts();
    ~RingPorts();

    struct Rings {
        rte_ring* in = nullptr;
        rte_ring* out = nullptr;
    };
    std::unique_ptr<Eal> eal_;
    std::unique_ptr<Pools> pools_;
    PacketPools from_;
    std::array<Rings, 2> rings_;  // by port
    std::unique_ptr<Links> links_;
};

/// One worker's ends of the ports: the only one's, unless `share` says which.
struct RingWorker {
    explicit RingWorker(RingPorts& ports, QueueShare share = {});

    std::uint64_t dropped(DropReason reason) const { return drops.read(reason); }

    DropCounters drops;
    LinkResponders responders;
    FrameSender sender;
    OuterFragments fragments;
    FrameReceiver receiver;
    Resolver resolver;
    DpdkClear clear;
    DpdkCipher cipher;
};

}  // namespace esplane::dataplane::test
