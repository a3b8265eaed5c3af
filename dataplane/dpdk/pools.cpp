#include "dataplane/dpdk/pools.h"

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <algorithm>

#include "dataplane/dpdk/host_device.h"
#include "dataplane/dpdk/port.h"
#include "dataplane/link/link_header.h"
#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {
namespace {

constexpr unsigned kCache = 256;  // buffers that each worker keeps for itself
constexpr std::size_t kLargeRoom = UINT16_MAX;
constexpr unsigned kLargeBuffers = 64;  // for each worker; of one burst, which ends before the next begins

/// Room for what the device writes, the ESP trailer and ICV that come behind it.
std::size_t room_bytes(const DpdkOptions& options) {
    constexpr std::size_t kAround = 192;
    std::size_t largest = 2048;
    for (const PortOptions& port : options.ports)
        largest = std::max<std::size_t>(largest, port.mtu_bytes + kAround);
    return RTE_PKTMBUF_HEADROOM + largest;
}

/// As many as all queues may hold, and the workers on their way.
unsigned buffers(const DpdkOptions& options, std::size_t workers) {
    std::size_t queues = 0;
    for (const PortOptions& port : options.ports)
        queues += 2 * std::max<std::size_t>(port.queues, workers);
    const std::size_t for_host = options.host_interface.empty() ? 0 : (options.ports.size() + 1) * kMostForHost;
    return static_cast<unsigned>(queues * kDescriptors + workers * (8 * kBurst + 2 * kCache + for_host));
}

}  // namespace

std::size_t pool_bytes(const DpdkOptions& options, std::size_t workers) {
    constexpr std::size_t kBeside = 64 << 20;  // queues of virtual devices, rings, the EAL's own
    constexpr std::size_t kHeaders = 256;
    return buffers(options, workers) * (room_bytes(options) + kHeaders) +
           workers * kLargeBuffers * (kLargeRoom + kHeaders) + kBeside;
}

Pools::Pools(const DpdkOptions& options, std::size_t workers)
    : buffers_(buffers(options, workers)),
      large_buffers_(static_cast<unsigned>(workers * kLargeBuffers)),
      room_bytes_(room_bytes(options)),
      mebibytes_((pool_bytes(options, workers) >> 20) + 1) {}

Pools::~Pools() {
    for (const auto& [node, pool] : pools_)
        rte_mempool_free(pool);
    rte_mempool_free(large_);
}

rte_mempool* Pools::on_node(int node) {
    rte_mempool*& pool = pools_[node];
    if (pool == nullptr) {
        pool = rte_pktmbuf_pool_create(("esplane-" + std::to_string(node)).c_str(), buffers_, kCache, 0,
                                       static_cast<std::uint16_t>(room_bytes_), node);
    }
    return pool;
}

rte_mempool* Pools::large() {
    if (large_ == nullptr)
        large_ = rte_pktmbuf_pool_create("esplane-large", large_buffers_, 0, 0, kLargeRoom, SOCKET_ID_ANY);
    return large_;
}

}  // namespace esplane::dataplane
