#include "tests/unit/dataplane/dpdk/ring_ports.h"

#include <rte_eth_ring.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#include <stdexcept>
#include <string>

#include "tests/unit/dataplane/support/packets.h"

namespace esplane::dataplane::test {
namespace {

constexpr unsigned kRingEntries = 512;

DpdkOptions options() {
    // What DPDK calls a device of rings that is named "clear" here.
    PortOptions clear{.name = "clear", .device = "net_ring_clear", .role = PortRole::kClear};
    clear.addresses = {{address("10.1.0.1"), 24}, {address("fd00:1::1"), 64}};
    PortOptions cipher{.name = "cipher", .device = "net_ring_cipher", .role = PortRole::kCipher};
    cipher.addresses = {{address("192.0.2.1"), 24}, {address("2001:db8::1"), 64}};
    return {.ports = {clear, cipher}};
}

template <typename T>
T value_of(Result<T, std::string> result) {
    if (!result) throw std::runtime_error(result.error());
    return std::move(result).value();
}

rte_ring* make_ring(const std::string& name) {
    rte_ring* const ring = rte_ring_create(name.c_str(), kRingEntries, 0, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (ring == nullptr) throw std::runtime_error("DPDK has no memory for a ring");
    return ring;
}

LinkResponders responders_of(Links& links) {
    LinkResponders responders;
    for (const PortNumber port : {kClearPort, kCipherPort})
        responders.emplace_back(port, links.setup(port).mac, links.port(port).options(), links.neighbours);
    return responders;
}

}  // namespace

RingPorts& RingPorts::only() {
    static RingPorts ports;
    return ports;
}

RingPorts::RingPorts() {
    const DpdkOptions wanted = options();
    eal_ = value_of(Eal::start(wanted, pool_bytes(wanted, 1)));
    pools_ = std::make_unique<Pools>(wanted, 1);
    from_ = {pools_->on_node(0), pools_->large()};
    if (from_.frames == nullptr || from_.large == nullptr) throw std::runtime_error("DPDK has no memory for packets");
    std::vector<Port> ports;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
        const std::string& name = wanted.ports[i].name;
        rings_[i] = {make_ring(name + "_in"), make_ring(name + "_out")};
        if (rte_eth_from_rings(name.c_str(), &rings_[i].in, 1, &rings_[i].out, 1, 0) < 0)
            throw std::runtime_error("DPDK makes no device of rings");
        ports.push_back(value_of(Port::open(wanted.ports[i], 1, *pools_)));
    }
    links_ = std::make_unique<Links>(std::move(ports), 1);
}

RingPorts::~RingPorts() {
    links_.reset();
    for (const Rings& rings : rings_) {
        rte_ring_free(rings.in);
        rte_ring_free(rings.out);
    }
}

void RingPorts::arrive(PortNumber port, ByteView frame) {
    rte_mbuf* const buffer = rte_pktmbuf_alloc(from_.frames);
    if (buffer == nullptr || frame.size() > rte_pktmbuf_tailroom(buffer))
        throw std::runtime_error("no room for a frame");
    set_octets(*buffer, rte_pktmbuf_mtod(buffer, std::uint8_t*), frame.size());
    std::copy(frame.begin(), frame.end(), octets_of(*buffer).begin());
    if (rte_ring_enqueue(rings_[to_number(port)].in, buffer) != 0)
        throw std::runtime_error("the receive queue is full");
}

std::vector<Bytes> RingPorts::take_sent(PortNumber port) {
    std::vector<Bytes> sent;
    void* frame = nullptr;
    while (rte_ring_dequeue(rings_[to_number(port)].out, &frame) == 0) {
        auto* const buffer = static_cast<rte_mbuf*>(frame);
        sent.push_back(to_bytes(octets_of(*buffer)));
        rte_pktmbuf_free(buffer);
    }
    return sent;
}

void RingPorts::hear(PortNumber port, const IpAddress& address, const MacAddress& mac) {
    links_->neighbours.heard(port, address, mac, std::chrono::steady_clock::now(), Heard::kRequest);
}

std::size_t RingPorts::free_buffers() {
    take_sent(kClearPort);
    take_sent(kCipherPort);
    return rte_mempool_avail_count(from_.frames) + rte_mempool_avail_count(from_.large);
}

RingWorker::RingWorker(RingPorts& ports, QueueShare share)
    : responders(responders_of(ports.links())),
      sender(ports.links(), 0, ports.pools()),
      fragments(ports.pools(), 1, drops),
      receiver(ports.links(), share, responders, sender, fragments, {}, drops),
      resolver(ports.links(), responders, sender, ports.pools().frames, drops),
      clear(ports.links(), receiver, sender, resolver, ports.pools().frames, drops),
      cipher(ports.links(), receiver, sender, resolver, ports.pools().frames, drops) {}

}  // namespace esplane::dataplane::test
