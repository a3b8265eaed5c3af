// A gateway's two ports, in memory: rings of DPDK's in the place of devices. Frames are put before the receive queues,
// and taken away behind the transmit queues, by the benchmark; all between is what a worker does.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <vector>

#include "dataplane/dpdk/dpdk_cipher.h"
#include "dataplane/dpdk/dpdk_clear.h"
#include "dataplane/dpdk/eal.h"
#include "dataplane/dpdk/pools.h"

struct rte_ring;

namespace esplane::bench {

/// One in a process: it starts the EAL. The clear side is 10.1.0.1/16, the cipher side 192.0.2.1/24; every host that
/// frames go to is a neighbour whose MAC address is known.
class RingPorts {
  public:
    /// Throws std::runtime_error.
    RingPorts();
    ~RingPorts();
    RingPorts(const RingPorts&) = delete;
    RingPorts& operator=(const RingPorts&) = delete;

    /// An empty buffer; throws when there is none.
    rte_mbuf* make();

    /// Frames that come in by a port. The buffers are the port's then.
    void arrive_clear(std::span<rte_mbuf*> frames) { arrive(*clear_in_, frames); }
    void arrive_cipher(std::span<rte_mbuf*> frames) { arrive(*cipher_in_, frames); }
    /// Frames that were sent, in order, in the place of `gone`; their number. The buffers are the caller's then.
    std::size_t take_sent_to_clear(std::span<rte_mbuf*> gone) { return take(*clear_out_, gone); }
    std::size_t take_sent_to_cipher(std::span<rte_mbuf*> gone) { return take(*cipher_out_, gone); }

    dataplane::DpdkClear& clear() { return worker_->clear; }
    dataplane::DpdkCipher& cipher() { return worker_->cipher; }
    dataplane::FrameReceiver& receiver() { return worker_->receiver; }
    /// What the ports themselves had no use for.
    const dataplane::DropCounters& drops() const { return worker_->drops; }

  private:
    struct Worker {
        Worker(dataplane::Links& links, dataplane::PacketPools pools);

        dataplane::DropCounters drops;
        dataplane::LinkResponders responders;
        dataplane::FrameSender sender;
        dataplane::OuterFragments fragments;
        dataplane::FrameReceiver receiver;
        dataplane::Resolver resolver;
        dataplane::DpdkClear clear;
        dataplane::DpdkCipher cipher;
    };

    void arrive(rte_ring& ring, std::span<rte_mbuf*> frames);
    void hear_neighbours();
    static std::size_t take(rte_ring& ring, std::span<rte_mbuf*> gone);

    std::unique_ptr<dataplane::Eal> eal_;
    std::unique_ptr<dataplane::Pools> pools_;
    rte_mempool* pool_ = nullptr;
    rte_ring* clear_in_ = nullptr;
    rte_ring* clear_out_ = nullptr;
    rte_ring* cipher_in_ = nullptr;
    rte_ring* cipher_out_ = nullptr;
    std::unique_ptr<dataplane::Links> links_;
    std::unique_ptr<Worker> worker_;
    std::chrono::steady_clock::time_point heard_at_;
};

}  // namespace esplane::bench
