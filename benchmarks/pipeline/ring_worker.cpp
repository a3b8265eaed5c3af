#include "benchmarks/pipeline/ring_worker.h"

#include <fmt/format.h>
#include <rte_ring.h>

#include <stdexcept>

#include "benchmarks/pipeline/tunnels.h"

namespace esplane::bench {
namespace {

using dataplane::Heard;
using dataplane::MacAddress;
using dataplane::PortNumber;

constexpr PortNumber kClear{0};
constexpr PortNumber kCipher{1};
constexpr std::chrono::seconds kBetweenWords{1};  // much less than a neighbour is remembered for
constexpr unsigned kRingEntries = 512;            // more than a burst

rte_ring* make_ring(const char* name, unsigned worker) {
    rte_ring* const ring =
        rte_ring_create(fmt::format("{}_{}", name, worker).c_str(), kRingEntries, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (ring == nullptr) throw std::runtime_error("DPDK has no memory for a ring");
    return ring;
}

dataplane::LinkResponders responders_of(dataplane::Links& links) {
    dataplane::LinkResponders responders;
    for (const PortNumber port : {kClear, kCipher})
        responders.emplace_back(port, links.setup(port).mac, links.port(port).options(), links.neighbours);
    return responders;
}

}  // namespace

QueueRings::QueueRings(unsigned worker)
    : clear_in(make_ring("clear_in", worker)),
      clear_out(make_ring("clear_out", worker)),
      cipher_in(make_ring("cipher_in", worker)),
      cipher_out(make_ring("cipher_out", worker)) {}

QueueRings::~QueueRings() {
    for (rte_ring* const ring : {clear_in, clear_out, cipher_in, cipher_out}) {
        void* frame = nullptr;
        while (rte_ring_dequeue(ring, &frame) == 0)
            rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
        rte_ring_free(ring);
    }
}

RingWorker::RingWorker(QueueRings& rings, dataplane::Links& links, dataplane::QueueShare share,
                       dataplane::PacketPools pools)
    : rings_(rings),
      links_(links),
      pool_(pools.frames),
      responders_(responders_of(links)),
      sender_(links, share.first, pools),
      fragments_(pools, share.workers, drops_),
      receiver_(links, share, responders_, sender_, fragments_, {}, drops_),
      resolver_(links, responders_, sender_, pools.frames, drops_),
      clear_(links, receiver_, sender_, resolver_, pools.frames, drops_),
      cipher_(links, receiver_, sender_, resolver_, pools.frames, drops_) {
    receiver_.set_clear_port(kDevice);
    hear_neighbours();
}

/// They say who they are before anybody asks, and answer whoever has asked meanwhile.
void RingWorker::hear_neighbours() {
    const auto now = heard_at_ = std::chrono::steady_clock::now();
    for (const Heard how : {Heard::kRequest, Heard::kAnswer}) {
        links_.neighbours.heard(kClear, our_host(), MacAddress{{2, 0, 0, 0, 0, 9}}, now, how);
        links_.neighbours.heard(kCipher, IpAddress::v4(0xc0000202), MacAddress{{2, 0, 0, 0, 0, 2}}, now, how);
    }
}

rte_mbuf* RingWorker::make() {
    rte_mbuf* const buffer = rte_pktmbuf_alloc(pool_);
    if (buffer == nullptr) throw std::runtime_error("DPDK has no packet left");
    return buffer;
}

void RingWorker::arrive(rte_ring& ring, std::span<rte_mbuf*> frames) {
    if (std::chrono::steady_clock::now() - heard_at_ > kBetweenWords) hear_neighbours();
    const auto count = static_cast<unsigned>(frames.size());
    if (rte_ring_enqueue_bulk(&ring, reinterpret_cast<void**>(frames.data()), count, nullptr) != count)
        throw std::runtime_error("the receive queue is full");
}

/// Questions for neighbours, which the worker asks by the clock, are none of the caller's.
std::size_t RingWorker::take(rte_ring& ring, std::span<rte_mbuf*> gone) {
    std::size_t kept = 0;
    while (kept < gone.size()) {
        const std::span<rte_mbuf*> rest = gone.subspan(kept);
        const unsigned count = rte_ring_dequeue_burst(&ring, reinterpret_cast<void**>(rest.data()),
                                                      static_cast<unsigned>(rest.size()), nullptr);
        if (count == 0) break;
        for (rte_mbuf* const frame : rest.first(count)) {
            if (load_be<std::uint16_t>(rte_pktmbuf_mtod(frame, std::uint8_t*) + 12) == dataplane::kEtherTypeArp)
                rte_pktmbuf_free(frame);
            else
                gone[kept++] = frame;
        }
    }
    return kept;
}

}  // namespace esplane::bench
