#include "benchmarks/pipeline/ring_ports.h"

#include <rte_eth_ring.h>
#include <rte_ring.h>

#include <stdexcept>
#include <string>

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

dataplane::DpdkOptions options() {
    // What DPDK calls a device of rings that we name "clear".
    dataplane::PortOptions clear{.name = "clear", .device = "net_ring_clear", .role = dataplane::PortRole::kClear};
    clear.addresses = {{IpAddress::v4(0x0a010001), 16}};
    clear.mtu_bytes = 9000;
    dataplane::PortOptions cipher{.name = "cipher", .device = "net_ring_cipher", .role = dataplane::PortRole::kCipher};
    cipher.addresses = {{IpAddress::v4(0xc0000201), 24}};
    cipher.mtu_bytes = 9200;
    return {.ports = {clear, cipher}};
}

template <typename T>
T value_of(Result<T, std::string> result) {
    if (!result) throw std::runtime_error(result.error());
    return std::move(result).value();
}

rte_ring* make_ring(const char* name) {
    rte_ring* const ring = rte_ring_create(name, kRingEntries, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (ring == nullptr) throw std::runtime_error("DPDK has no memory for a ring");
    return ring;
}

void make_device(const char* name, rte_ring* in, rte_ring* out) {
    if (rte_eth_from_rings(name, &in, 1, &out, 1, 0) < 0) throw std::runtime_error("DPDK makes no device of rings");
}

dataplane::LinkResponders responders_of(dataplane::Links& links) {
    dataplane::LinkResponders responders;
    for (const PortNumber port : {kClear, kCipher})
        responders.emplace_back(port, links.setup(port).mac, links.port(port).options(), links.neighbours);
    return responders;
}

}  // namespace

RingPorts::Worker::Worker(dataplane::Links& links, dataplane::PacketPools pools)
    : responders(responders_of(links)),
      sender(links, 0, pools),
      fragments(pools, 1, drops),
      receiver(links, {}, responders, sender, fragments, {}, drops),
      resolver(links, responders, sender, pools.frames, drops),
      clear(links, receiver, sender, resolver, pools.frames, drops),
      cipher(links, receiver, sender, resolver, pools.frames, drops) {
    receiver.set_clear_port(kDevice);
}

RingPorts::RingPorts() {
    const dataplane::DpdkOptions wanted = options();
    eal_ = value_of(dataplane::Eal::start(wanted, dataplane::pool_bytes(wanted, 1)));
    pools_ = std::make_unique<dataplane::Pools>(wanted, 1);
    pool_ = pools_->on_node(0);
    if (pool_ == nullptr) throw std::runtime_error("DPDK has no memory for packets");
    clear_in_ = make_ring("clear_in");
    clear_out_ = make_ring("clear_out");
    cipher_in_ = make_ring("cipher_in");
    cipher_out_ = make_ring("cipher_out");
    make_device("clear", clear_in_, clear_out_);
    make_device("cipher", cipher_in_, cipher_out_);
    std::vector<dataplane::Port> ports;
    for (const dataplane::PortOptions& port : wanted.ports)
        ports.push_back(value_of(dataplane::Port::open(port, 1, *pools_)));
    links_ = std::make_unique<dataplane::Links>(std::move(ports), 1);
    hear_neighbours();
    worker_ = std::make_unique<Worker>(*links_, dataplane::PacketPools{pool_, pools_->large()});
}

RingPorts::~RingPorts() {
    worker_.reset();
    links_.reset();
    for (rte_ring* const ring : {clear_in_, clear_out_, cipher_in_, cipher_out_}) {
        void* frame = nullptr;
        while (ring != nullptr && rte_ring_dequeue(ring, &frame) == 0)
            rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
        rte_ring_free(ring);
    }
}

/// They say who they are before anybody asks, and answer whoever has asked meanwhile.
void RingPorts::hear_neighbours() {
    const auto now = heard_at_ = std::chrono::steady_clock::now();
    for (const Heard how : {Heard::kRequest, Heard::kAnswer}) {
        links_->neighbours.heard(kClear, our_host(), MacAddress{{2, 0, 0, 0, 0, 9}}, now, how);
        links_->neighbours.heard(kCipher, IpAddress::v4(0xc0000202), MacAddress{{2, 0, 0, 0, 0, 2}}, now, how);
    }
}

rte_mbuf* RingPorts::make() {
    rte_mbuf* const buffer = rte_pktmbuf_alloc(pool_);
    if (buffer == nullptr) throw std::runtime_error("DPDK has no packet left");
    return buffer;
}

void RingPorts::arrive(rte_ring& ring, std::span<rte_mbuf*> frames) {
    if (std::chrono::steady_clock::now() - heard_at_ > kBetweenWords) hear_neighbours();
    const auto count = static_cast<unsigned>(frames.size());
    if (rte_ring_enqueue_bulk(&ring, reinterpret_cast<void**>(frames.data()), count, nullptr) != count)
        throw std::runtime_error("the receive queue is full");
}

/// Questions for neighbours, which the worker asks by the clock, are none of the caller's.
std::size_t RingPorts::take(rte_ring& ring, std::span<rte_mbuf*> gone) {
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
