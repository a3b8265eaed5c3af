// One worker's queue pair of each port, in memory: rings of DPDK's in the place of a device's queues. Frames are put
// before the receive queues, and taken away behind the transmit queues, by the benchmark; all between is what a worker
// does.
#pragma once

#include <chrono>
#include <memory>
#include <span>

#include "dataplane/dpdk/dpdk_cipher.h"
#include "dataplane/dpdk/dpdk_clear.h"

struct rte_ring;

namespace esplane::bench {

/// A ring for each queue. Frees the frames that are left in them.
class QueueRings {
  public:
    /// `worker` makes the names its own. Throws std::runtime_error.
    explicit QueueRings(unsigned worker);
    ~QueueRings();
    QueueRings(const QueueRings&) = delete;
    QueueRings& operator=(const QueueRings&) = delete;

    rte_ring* clear_in;
    rte_ring* clear_out;
    rte_ring* cipher_in;
    rte_ring* cipher_out;
};

/// One thread's at a time.
class RingWorker {
  public:
    /// All must outlive it.
    RingWorker(QueueRings& rings, dataplane::Links& links, dataplane::QueueShare share, dataplane::PacketPools pools);

    /// An empty buffer; throws when there is none.
    rte_mbuf* make();

    /// Frames that come in by a port. The buffers are the port's then.
    void arrive_clear(std::span<rte_mbuf*> frames) { arrive(*rings_.clear_in, frames); }
    void arrive_cipher(std::span<rte_mbuf*> frames) { arrive(*rings_.cipher_in, frames); }
    /// Frames that were sent, in order, in the place of `gone`; their number. The buffers are the caller's then.
    std::size_t take_sent_to_clear(std::span<rte_mbuf*> gone) { return take(*rings_.clear_out, gone); }
    std::size_t take_sent_to_cipher(std::span<rte_mbuf*> gone) { return take(*rings_.cipher_out, gone); }

    dataplane::DpdkClear& clear() { return clear_; }
    dataplane::DpdkCipher& cipher() { return cipher_; }
    dataplane::FrameReceiver& receiver() { return receiver_; }
    /// What the ports themselves had no use for.
    const dataplane::DropCounters& drops() const { return drops_; }

  private:
    void arrive(rte_ring& ring, std::span<rte_mbuf*> frames);
    void hear_neighbours();
    static std::size_t take(rte_ring& ring, std::span<rte_mbuf*> gone);

    QueueRings& rings_;
    dataplane::Links& links_;
    rte_mempool* pool_;
    std::chrono::steady_clock::time_point heard_at_;
    dataplane::DropCounters drops_;
    dataplane::LinkResponders responders_;
    dataplane::FrameSender sender_;
    dataplane::OuterFragments fragments_;
    dataplane::FrameReceiver receiver_;
    dataplane::Resolver resolver_;
    dataplane::DpdkClear clear_;
    dataplane::DpdkCipher cipher_;
};

}  // namespace esplane::bench
