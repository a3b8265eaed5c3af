#include "benchmarks/pipeline/ring_ports.h"

#include <rte_eth_ring.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace esplane::bench {
namespace {

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

void make_device(const char* name, std::vector<rte_ring*> in, std::vector<rte_ring*> out) {
    const auto queues = static_cast<unsigned>(in.size());
    if (rte_eth_from_rings(name, in.data(), queues, out.data(), queues, 0) < 0)
        throw std::runtime_error("DPDK makes no device of rings");
}

}  // namespace

RingPorts::RingPorts(unsigned workers) {
    const dataplane::DpdkOptions wanted = options();
    eal_ = value_of(dataplane::Eal::start(wanted, dataplane::pool_bytes(wanted, workers)));
    pools_ = std::make_unique<dataplane::Pools>(wanted, workers);
    const dataplane::PacketPools pools{pools_->on_node(0), pools_->large()};
    if (pools.frames == nullptr) throw std::runtime_error("DPDK has no memory for packets");
    for (unsigned worker = 0; worker < workers; ++worker)
        rings_.emplace_back(worker);
    make_devices();
    std::vector<dataplane::Port> ports;
    for (const dataplane::PortOptions& port : wanted.ports)
        ports.push_back(value_of(dataplane::Port::open(port, static_cast<std::uint16_t>(workers), *pools_)));
    links_ = std::make_unique<dataplane::Links>(std::move(ports), 1);
    for (unsigned worker = 0; worker < workers; ++worker) {
        const dataplane::QueueShare share{static_cast<std::uint16_t>(worker), static_cast<std::uint16_t>(workers)};
        workers_.emplace_back(rings_[worker], *links_, share, pools);
    }
}

RingPorts::~RingPorts() {
    workers_.clear();
    links_.reset();
}

void RingPorts::make_devices() {
    std::vector<rte_ring*> clear_in;
    std::vector<rte_ring*> clear_out;
    std::vector<rte_ring*> cipher_in;
    std::vector<rte_ring*> cipher_out;
    for (const QueueRings& rings : rings_) {
        clear_in.push_back(rings.clear_in);
        clear_out.push_back(rings.clear_out);
        cipher_in.push_back(rings.cipher_in);
        cipher_out.push_back(rings.cipher_out);
    }
    make_device("clear", clear_in, clear_out);
    make_device("cipher", cipher_in, cipher_out);
}

}  // namespace esplane::bench
