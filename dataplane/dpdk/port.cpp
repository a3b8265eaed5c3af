#include "dataplane/dpdk/port.h"

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "dataplane/dpdk/heard_log.h"

namespace esplane::dataplane {
namespace {

std::string reason(int error) {
    return rte_strerror(error < 0 ? -error : error);
}

/// The device's name, which its arguments follow.
std::string name_of(const std::string& device) {
    return device.substr(0, device.find(','));
}

std::string name_of(PortRole role) {
    switch (role) {
        case PortRole::kClear:
            return "clear";
        case PortRole::kCipher:
            return "cipher";
        case PortRole::kBoth:
            return "both";
    }
    return {};
}

PortCounters counters_of(const rte_eth_stats& stats) {
    return {.packets_in = stats.ipackets,
            .packets_out = stats.opackets,
            .bytes_in = stats.ibytes,
            .bytes_out = stats.obytes,
            .missed = stats.imissed,
            .errors_in = stats.ierrors,
            .errors_out = stats.oerrors,
            .no_buffer = stats.rx_nombuf};
}

/// Whether the driver's word on the largest frame is its own, and not its device's: net_af_packet says 1,514 whatever
/// the kernel's device takes, whose MTU is set there (`ip link set ... mtu`).
bool knows_largest_frame(const rte_eth_dev_info& device) {
    return std::string_view(device.driver_name) != "net_af_packet";
}

/// Flows are told apart by addresses and ports; of ESP by the SPI where the device can, which our SPIs are made for.
rte_eth_conf configuration(const rte_eth_dev_info& device, std::uint16_t queues, std::uint32_t mtu) {
    rte_eth_conf wanted{};
    wanted.rxmode.mtu = knows_largest_frame(device) ? mtu : std::min<std::uint32_t>(mtu, RTE_ETHER_MTU);
    wanted.rxmode.offloads = device.rx_offload_capa & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM;
    const std::uint64_t hashes =
        device.flow_type_rss_offloads & (RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_ESP);
    if (queues > 1 && hashes != 0) {
        wanted.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        wanted.rx_adv_conf.rss_conf.rss_hf = hashes;
    }
    return wanted;
}

std::string how_to_find(const std::string& device) {
    if (device.rfind("net_", 0) == 0)
        return ". A virtual device needs its driver installed, and what its arguments name to exist";
    return ". A NIC must be bound to vfio-pci (`dpdk-devbind.py --status` lists them), and its IOMMU group be ours";
}

}  // namespace

Failure<std::string> Port::failure(const std::string& what, int error) const {
    return Failure{"Port " + options_.name + ", device " + options_.device + ": " + what + ": " + reason(error)};
}

Result<Port, std::string> Port::open(const PortOptions& options, std::size_t workers, Pools& pools) {
    Port port(options, kNone);
    if (auto found = port.find(); !found) return Failure{found.error()};
    if (auto configured =
            port.configure(static_cast<std::uint16_t>(std::max<std::size_t>(options.queues, workers)), pools);
        !configured)
        return Failure{configured.error()};
    return port;
}

Result<void, std::string> Port::find() {
    const std::string name = name_of(options_.device);
    std::uint16_t number = kNone;
    // It may be there already: of a program's own rings.
    if (rte_eth_dev_get_port_by_name(name.c_str(), &number) != 0) {
        const HeardLog log;
        if (rte_dev_probe(options_.device.c_str()) != 0) {
            return Failure{"Port " + options_.name + ", device " + options_.device +
                           ": cannot be opened: " + log.text() + how_to_find(options_.device)};
        }
        if (const int error = rte_eth_dev_get_port_by_name(name.c_str(), &number); error != 0)
            return Failure{failure("is no network device", error).error + how_to_find(options_.device)};
    }
    number_ = number;
    return {};
}

int Port::node() const {
    return std::max(rte_eth_dev_socket_id(number_), 0);
}

Result<void, std::string> Port::configure(std::uint16_t queues, Pools& pools) {
    rte_eth_dev_info device{};
    if (const int error = rte_eth_dev_info_get(number_, &device); error != 0) return failure("says nothing", error);
    const std::uint16_t most = std::min(device.max_rx_queues, device.max_tx_queues);
    if (queues > most) {
        return Failure{"Port " + options_.name + ", device " + options_.device + ": has " + std::to_string(most) +
                       " queues, and " + std::to_string(queues) +
                       " are wanted: one for each worker, or dpdk.ports.queues. Write fewer, or give a virtual device "
                       "more queues (net_af_packet: qpairs=" +
                       std::to_string(queues) + ")"};
    }
    rte_mempool* const pool = pools.on_node(node());
    if (pool == nullptr) return failure("DPDK has no memory for its packets; give it more by `-m` in dpdk.eal", ENOMEM);
    const rte_eth_conf wanted = configuration(device, queues, options_.mtu_bytes);
    if (const int error = rte_eth_dev_configure(number_, queues, queues, &wanted); error != 0)
        return failure("cannot be configured with " + std::to_string(queues) + " queues and an MTU of " +
                           std::to_string(options_.mtu_bytes),
                       error);
    queues_ = queues;
    driver_ = device.driver_name;
    offloads_.checks_ipv4 = (wanted.rxmode.offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0;
    offloads_.spreads = wanted.rxmode.mq_mode == RTE_ETH_MQ_RX_RSS;
    if (auto made = set_up_queues(pool); !made) return made;
    return begin();
}

Result<void, std::string> Port::set_up_queues(rte_mempool* pool) {
    std::uint16_t rx = kDescriptors;
    std::uint16_t tx = kDescriptors;
    rte_eth_dev_adjust_nb_rx_tx_desc(number_, &rx, &tx);
    const auto on = static_cast<unsigned>(node());
    for (std::uint16_t queue = 0; queue < queues_; ++queue) {
        if (const int error = rte_eth_rx_queue_setup(number_, queue, rx, on, nullptr, pool); error != 0)
            return failure("cannot have a receive queue (are its frames larger than dpdk.ports.mtu?)", error);
        if (const int error = rte_eth_tx_queue_setup(number_, queue, tx, on, nullptr); error != 0)
            return failure("cannot have a transmit queue", error);
    }
    return {};
}

Result<void, std::string> Port::begin() {
    if (const int refused = rte_eth_dev_start(number_); refused != 0) return failure("does not start", refused);
    // Neighbour discovery goes to groups. A device that cannot choose receives all of them.
    (void)rte_eth_allmulticast_enable(number_);
    rte_ether_addr mac{};
    if (const int unknown = rte_eth_macaddr_get(number_, &mac); unknown != 0)
        return failure("has no MAC address", unknown);
    setup_ = setup_of(options_, MacAddress::at(mac.addr_bytes));
    return {};
}

Port::Port(Port&& other) noexcept
    : options_(std::move(other.options_)),
      number_(std::exchange(other.number_, kNone)),
      setup_(std::move(other.setup_)),
      queues_(other.queues_),
      offloads_(other.offloads_),
      driver_(std::move(other.driver_)) {}

Port::~Port() {
    if (number_ == kNone) return;
    rte_eth_dev_stop(number_);
    rte_eth_dev_close(number_);
}

PortStatus Port::status() const {
    PortStatus status{.name = options_.name,
                      .device = options_.device,
                      .driver = driver_,
                      .role = name_of(options_.role),
                      .mac = setup_.mac.to_string(),
                      .mtu_bytes = options_.mtu_bytes,
                      .queues = queues_,
                      .checks_ipv4 = offloads_.checks_ipv4,
                      .spreads = offloads_.spreads};
    rte_eth_link link{};
    if (rte_eth_link_get_nowait(number_, &link) == 0) {
        status.up = link.link_status == RTE_ETH_LINK_UP;
        if (link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN) status.mbps = link.link_speed;
    }
    rte_eth_stats stats{};
    if (rte_eth_stats_get(number_, &stats) == 0) status.counters = counters_of(stats);
    return status;
}

}  // namespace esplane::dataplane
