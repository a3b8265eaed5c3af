#include "dataplane/dpdk/port.h"

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "dataplane/dpdk/device_advice.h"
#include "dataplane/dpdk/heard_log.h"

namespace esplane::dataplane {
namespace {

constexpr std::string_view kAfPacket = "net_af_packet";

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

/// Down where the device does not say.
rte_eth_link link_of(std::uint16_t number) {
    rte_eth_link link{};
    return rte_eth_link_get_nowait(number, &link) == 0 ? link : rte_eth_link{};
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
    return std::string_view(device.driver_name) != kAfPacket;
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

/// What the device can take of a packet, as ethdev would check it: drivers say one of two things, or both.
std::uint32_t largest_mtu(const rte_eth_dev_info& device) {
    const bool says_both = device.max_mtu != UINT16_MAX && device.max_rx_pktlen > device.max_mtu;
    const std::uint32_t around =
        says_both ? device.max_rx_pktlen - device.max_mtu : RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;
    return std::min<std::uint32_t>(device.max_mtu, device.max_rx_pktlen - around);
}

}  // namespace

std::string Port::introduction() const {
    return options_.device_at.prefix() + "port " + options_.name + ", device " + options_.device + ": ";
}

Failure<std::string> Port::failure(const std::string& what) const {
    return Failure{introduction() + what};
}

Failure<std::string> Port::failure(const std::string& what, int error) const {
    return failure(what + ": " + reason(error));
}

Result<Port, std::string> Port::open(const PortOptions& options, std::size_t workers, Pools& pools) {
    const HeardLog log;
    Port port(options, kNone);
    auto opened = port.find();
    if (opened) opened = port.configure(workers, pools);
    if (opened) return port;
    const std::string heard = log.text();
    return Failure{opened.error() + (heard.empty() ? "" : ". DPDK says: " + heard)};
}

Result<void, std::string> Port::find() {
    const std::string name = name_of(options_.device);
    std::uint16_t number = kNone;
    // It may be there already: of a program's own rings.
    if (rte_eth_dev_get_port_by_name(name.c_str(), &number) != 0 &&
        (rte_dev_probe(options_.device.c_str()) != 0 || rte_eth_dev_get_port_by_name(name.c_str(), &number) != 0))
        return failure("cannot be opened: " + advice_on(options_.device));
    number_ = number;
    return {};
}

int Port::node() const {
    return std::max(rte_eth_dev_socket_id(number_), 0);
}

Result<void, std::string> Port::configure(std::size_t workers, Pools& pools) {
    rte_eth_dev_info device{};
    if (const int error = rte_eth_dev_info_get(number_, &device); error != 0) return failure("says nothing", error);
    driver_ = device.driver_name;
    if (device.if_index != 0) {
        auto taken = KernelInterface::take(device.if_index);
        if (!taken) return failure(taken.error());
        interface_ = std::move(*taken);
    }
    if (auto enough = check_queues(std::min(device.max_rx_queues, device.max_tx_queues), workers); !enough)
        return enough;
    if (auto fits = check_mtu(device); !fits) return fits;
    rte_mempool* const pool = pools.on_node(node());
    if (pool == nullptr) {
        return failure("DPDK has no memory for its packets. It wants " + std::to_string(pools.mebibytes()) +
                       " MiB: leave -m and --socket-mem out of dpdk.eal, or write that much there");
    }
    queues_ = static_cast<std::uint16_t>(std::max<std::size_t>(options_.queues, workers));
    const rte_eth_conf wanted = configuration(device, queues_, options_.mtu_bytes);
    if (const int error = rte_eth_dev_configure(number_, queues_, queues_, &wanted); error != 0)
        return failure("cannot be configured with " + std::to_string(queues_) + " queues and an MTU of " +
                           std::to_string(options_.mtu_bytes),
                       error);
    offloads_.checks_ipv4 = (wanted.rxmode.offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0;
    offloads_.spreads = wanted.rxmode.mq_mode == RTE_ETH_MQ_RX_RSS;
    if (auto made = set_up_queues(pool); !made) return made;
    return begin();
}

Result<void, std::string> Port::check_queues(std::uint16_t most, std::size_t workers) const {
    const std::size_t wanted = std::max<std::size_t>(options_.queues, workers);
    if (wanted <= most) return {};
    const std::string why = options_.queues > workers ? "dpdk.ports.queues wants " + std::to_string(wanted)
                                                      : "each of " + std::to_string(workers) + " workers needs one";
    const std::string more = driver_ == kAfPacket ? ", or give it more by qpairs=" + std::to_string(wanted) : "";
    return failure("has " + std::to_string(most) + (most == 1 ? " queue" : " queues") + " of each direction, and " +
                   why + ". Write " + std::to_string(most) + " as " +
                   (options_.queues > workers ? "dpdk.ports.queues" : "gateway.workers") + more);
}

Result<void, std::string> Port::check_mtu(const rte_eth_dev_info& device) const {
    const std::uint32_t largest = largest_mtu(device);
    if (!knows_largest_frame(device) || options_.mtu_bytes <= largest) return {};
    return failure("takes packets of " + std::to_string(largest) + " octets at most, and dpdk.ports.mtu is " +
                   std::to_string(options_.mtu_bytes) + ". Write mtu: " + std::to_string(largest) + " or less");
}

Result<void, std::string> Port::set_up_queues(rte_mempool* pool) {
    std::uint16_t rx = kDescriptors;
    std::uint16_t tx = kDescriptors;
    rte_eth_dev_adjust_nb_rx_tx_desc(number_, &rx, &tx);
    const auto on = static_cast<unsigned>(node());
    const std::string hint =
        driver_ == kAfPacket ? ": are its frames (framesz) larger than dpdk.ports.mtu, plus headers?" : "";
    for (std::uint16_t queue = 0; queue < queues_; ++queue) {
        if (const int error = rte_eth_rx_queue_setup(number_, queue, rx, on, nullptr, pool); error != 0)
            return failure("cannot have a receive queue" + hint, error);
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
    if (interface_) look_at_interface();
    return {};
}

/// What works here, and fails on the way through the kernel.
void Port::look_at_interface() {
    const std::uint32_t mtu = interface_->mtu_bytes();
    if (mtu != 0 && mtu < options_.mtu_bytes) {
        remarks_.push_back(introduction() + "dpdk.ports.mtu is " + std::to_string(options_.mtu_bytes) +
                           ", but interface " + interface_->name() + " sends packets of " + std::to_string(mtu) +
                           " octets at most: larger ones are lost. `ip link set " + interface_->name() + " mtu " +
                           std::to_string(options_.mtu_bytes) + "` lets it, or write mtu: " + std::to_string(mtu));
    }
    if (driver_ != kAfPacket) return;
    std::vector<IpAddress> own;
    for (const PortAddress& address : options_.addresses)
        own.push_back(address.address);
    for (const IpAddress& address : interface_->shared(own)) {
        remarks_.push_back(introduction() + "the kernel has " + address.to_string() + " on interface " +
                           interface_->name() + ", too, and answers for it beside esplane. `ip address flush dev " +
                           interface_->name() + "` leaves it to esplane alone");
    }
}

Port::Port(Port&& other) noexcept
    : options_(std::move(other.options_)),
      number_(std::exchange(other.number_, kNone)),
      interface_(std::move(other.interface_)),
      setup_(std::move(other.setup_)),
      queues_(other.queues_),
      offloads_(other.offloads_),
      driver_(std::move(other.driver_)),
      remarks_(std::move(other.remarks_)) {}

Port::~Port() {
    if (number_ == kNone) return;
    rte_eth_dev_stop(number_);
    rte_eth_dev_close(number_);
}

bool Port::is_up() const {
    // Of an interface that the driver shares with the kernel, net_af_packet says that it is up whatever it is.
    return link_of(number_).link_status == RTE_ETH_LINK_UP && (!interface_ || interface_->is_running());
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
    status.up = is_up();
    if (const auto speed = link_of(number_).link_speed; speed != RTE_ETH_SPEED_NUM_UNKNOWN) status.mbps = speed;
    rte_eth_stats stats{};
    if (rte_eth_stats_get(number_, &stats) == 0) status.counters = counters_of(stats);
    if (interface_) status.counters.missed += interface_->missed();
    return status;
}

}  // namespace esplane::dataplane
