#include "dataplane/dpdk/dpdk_dataplane.h"

#include <linux/if_tun.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "crypto/random.h"
#include "dataplane/dpdk/dpdk_cipher.h"
#include "dataplane/dpdk/dpdk_clear.h"
#include "dataplane/dpdk/eal.h"
#include "dataplane/dpdk/poller.h"
#include "dataplane/dpdk/pools.h"
#include "dataplane/dpdk/spi_steering.h"
#include "dataplane/io/tun.h"
#include "dataplane/io/tun_device.h"
#include "dataplane/pipeline/classify.h"
#include "dataplane/tun_devices.h"
#include "dataplane/worker/worker.h"
#include "dataplane/workers_dataplane.h"

namespace esplane::dataplane {
namespace {

LinkResponders responders_of(Links& links) {
    LinkResponders responders;
    for (std::size_t i = 0; i < links.ports.size(); ++i)
        responders.emplace_back(port_number(i), links.setups[i].mac, links.ports[i].options(), links.neighbours);
    return responders;
}

/// All that one worker has for itself, but its thread and its clear side.
struct OwnPorts {
    OwnPorts(Links& links, QueueShare share, PacketPools pools, IkePorts ike_ports, DropCounters& drops,
             bool has_devices)
        : responders(responders_of(links)),
          sender(links, share.first, pools),
          fragments(pools, crypto::SystemRandom().u64(), drops),
          receiver(links, share, responders, sender, fragments, ike_ports, drops),
          resolver(links, responders, sender, pools.frames, drops),
          cipher(links, receiver, sender, resolver, pools.frames, drops),
          poller(receiver, has_devices) {}

    LinkResponders responders;
    FrameSender sender;
    OuterFragments fragments;
    FrameReceiver receiver;
    Resolver resolver;
    DpdkCipher cipher;
    Poller poller;
};

/// What a worker needs of the outside.
struct Employment {
    WorkerId id;
    QueueShare share;
    Mailbox& mailbox;
    Handoff handoff;
    int cpu;
    PollPolicy poll;
};

/// A thread of ours is one of DPDK's, too: its pools have a cache for those only.
template <typename SomeWorker>
std::function<void()> running(SomeWorker& worker) {
    return [&worker] {
        const bool registered = rte_thread_register() == 0;
        worker.run();
        if (registered) rte_thread_unregister();
    };
}

/// With the clear side on ports, or on TUN devices.
template <typename Clear>
struct PortsWorker;

template <>
struct PortsWorker<DpdkClear> {
    PortsWorker(Links& links, PacketPools pools, IkePorts ike_ports, Employment e)
        : own(links, e.share, pools, ike_ports, e.mailbox.drops, false),
          clear(links, own.receiver, own.sender, own.resolver, pools.frames, e.mailbox.drops),
          worker(clear, own.cipher, own.poller, e.mailbox, std::move(e.handoff), e.poll),
          thread(e.id, e.mailbox, e.cpu, running(worker)) {}

    OwnPorts own;
    DpdkClear clear;
    Worker<DpdkClear, DpdkCipher, Poller> worker;
    WorkerThread thread;
};

template <>
struct PortsWorker<TunIo> {
    PortsWorker(Links& links, PacketPools pools, IkePorts ike_ports, Employment e)
        : own(links, e.share, pools, ike_ports, e.mailbox.drops, true),
          clear(own.poller.waiter()),
          worker(clear, own.cipher, own.poller, e.mailbox, std::move(e.handoff), e.poll),
          thread(e.id, e.mailbox, e.cpu, running(worker)) {}

    OwnPorts own;
    TunIo clear;
    Worker<TunIo, DpdkCipher, Poller> worker;
    WorkerThread thread;
};

/// What must live as long as the workers: ended from the last to the first.
struct Hardware {
    std::unique_ptr<Eal> eal;
    std::unique_ptr<Pools> pools;
    std::unique_ptr<Links> links;
    PacketPools from;
    std::vector<std::unique_ptr<SpiSteering>> steering;  // by port; null where there is none
};

template <typename Clear>
class DpdkDataplane final : public WorkersDataplane {
  public:
    DpdkDataplane(Hardware hardware, const Options& options)
        : WorkersDataplane(options.cpus.size()),
          natt_port_(options.natt_port),
          hardware_(std::move(hardware)),
          devices_(options.cpus.size(),
                   [this](WorkerId to, Command command) { this->submit(to, std::move(command)); }) {
        for (std::size_t i = 0; i < options.cpus.size(); ++i) {
            const WorkerId id = worker_id(i);
            const QueueShare share{to_number(id), static_cast<std::uint16_t>(options.cpus.size())};
            workers_.push_back(std::make_unique<PortsWorker<Clear>>(
                *hardware_.links, hardware_.from, IkePorts{.natt = natt_port_},
                Employment{id, share, this->mailbox(id), this->handoff_ends_of(id), options.cpus[i], options.poll}));
            this->employ(workers_.back()->thread);
        }
    }

    Result<void, std::string> open_port(const ClearPortOptions& port) override {
        if constexpr (kHasDevices) return devices_.open(port);
        for (std::size_t i = 0; i < workers_.size(); ++i)
            this->submit(worker_id(i), OpenPort{port.port, -1, {}});
        return {};
    }
    void close_port(ClearPort port) override {
        if constexpr (kHasDevices) devices_.close(port);
    }
    void send_ike(const Path& path, ByteView datagram) override {
        Bytes octets;
        // RFC 3948 2.2: where ESP may come, too, IKE has four octets of zero before it.
        if (path.local.port == natt_port_) octets.resize(kNonEspMarker);
        octets.insert(octets.end(), datagram.begin(), datagram.end());
        this->submit(worker_id(0), SendDatagram{path, std::move(octets)});
    }
    void send_keepalive(const Path& path) override {
        this->submit(worker_id(0), SendDatagram{path, Bytes{kKeepalive}});
    }

    void look_after_workers() override {
        Links& links = *hardware_.links;
        for (std::size_t i = 0; i < links.ports.size(); ++i)
            links.up[i].store(links.ports[i].is_up(), std::memory_order_relaxed);
        WorkersDataplane::look_after_workers();
    }

    PortsStatus ports() const override {
        PortsStatus status;
        for (std::size_t i = 0; i < hardware_.links->ports.size(); ++i)
            status.ports.push_back(port_status(port_number(i)));
        const NeighbourStatistics known = hardware_.links->neighbours.statistics();
        status.neighbours = {.resolved = known.resolved,
                             .asked = known.asked,
                             .failed = known.failed,
                             .refused = known.refused,
                             .throttled = known.throttled};
        if (hardware_.links->host) status.host = host_status(hardware_.links->host->name);
        return status;
    }
    void protect(const std::string& tunnel, const std::vector<Prefix>& local,
                 const std::vector<Prefix>& remote) override {
        if (hardware_.links->host) hardware_.links->host->routes.protect(tunnel, local, remote);
    }
    std::vector<std::string> remarks() const override {
        std::vector<std::string> all;
        if (!hardware_.eal->warning().empty()) all.push_back(hardware_.eal->warning());
        for (const Port& port : hardware_.links->ports)
            all.insert(all.end(), port.remarks().begin(), port.remarks().end());
        return all;
    }

  private:
    static constexpr bool kHasDevices = std::is_same_v<Clear, TunIo>;

    HostInterfaceStatus host_status(const std::string& name) const {
        HostInterfaceStatus status{.name = name};
        for (const auto& worker : workers_) {
            const HostCounters& to = worker->own.receiver.to_host().counters();
            const HostCounters& from = worker->own.cipher.from_host();
            status.packets_to_host += to.packets.read();
            status.bytes_to_host += to.bytes.read();
            status.packets_from_host += from.packets.read();
            status.bytes_from_host += from.bytes.read();
            status.refused += to.refused.read() + from.refused.read();
        }
        return status;
    }
    void let_go(WorkerId worker, ClearPort port) override { devices_.let_go(worker, port); }

    PortStatus port_status(PortNumber number) const {
        PortStatus status = hardware_.links->port(number).status();
        status.claims = hardware_.links->claims.of(number);
        if (workers_.size() == 1) return status;
        status.steering = status.spreads ? Steering::kSpread : Steering::kHandoff;
        const auto& steering = hardware_.steering[to_number(number)];
        if (steering == nullptr || steering->steered().empty()) return status;
        status.steering = Steering::kRules;
        for (const EspBehind& behind : steering->steered())
            status.steered.push_back(to_string(behind));
        return status;
    }

    std::uint16_t natt_port_;
    Hardware hardware_;
    TunDevices devices_;                                        // none where the clear side is on ports
    std::vector<std::unique_ptr<PortsWorker<Clear>>> workers_;  // ends first
};

std::vector<std::unique_ptr<SpiSteering>> steering_of(const Links& links, const Options& options) {
    std::vector<std::unique_ptr<SpiSteering>> steering(links.ports.size());
    if (options.cpus.size() == 1) return steering;
    for (std::size_t i = 0; i < steering.size(); ++i) {
        if (!links.setups[i].is_cipher()) continue;
        const SteeringOptions how{.natt_port = options.natt_port, .tagged = links.setups[i].vlan.has_value()};
        steering[i] = std::make_unique<SpiSteering>(links.ports[i].number(), options.cpus.size(), how);
    }
    return steering;
}

/// Not open where none is configured. One that is there already is refused: it would stay when this one ends.
Result<FileDescriptor, std::string> open_host_interface(const std::string& name) {
    if (name.empty()) return FileDescriptor();
    FileDescriptor tun = open_tun_device(name, IFF_TUN_EXCL);
    if (!tun.is_open()) return Failure{tun_failure(name, errno, "dpdk.host_interface")};
    return tun;
}

Result<Hardware, std::string> open_hardware(const Options& all) {
    const DpdkOptions& options = *all.dpdk;
    const std::size_t workers = all.cpus.size();
    auto host = open_host_interface(options.host_interface);
    if (!host) return Failure{host.error()};
    Hardware hardware;
    auto eal = Eal::start(options, pool_bytes(options, workers));
    if (!eal) return Failure{eal.error()};
    hardware.eal = std::move(*eal);
    hardware.pools = std::make_unique<Pools>(options, workers);
    std::vector<Port> ports;
    for (const PortOptions& wanted : options.ports) {
        auto port = Port::open(wanted, workers, *hardware.pools);
        if (!port) return Failure{port.error()};
        ports.push_back(std::move(port).value());
    }
    hardware.from = {hardware.pools->on_node(ports.front().node()), hardware.pools->large()};
    if (hardware.from.large == nullptr)
        return Failure{std::string("DPDK has no memory for packets in fragments; give it more by `-m` in dpdk.eal")};
    hardware.links = std::make_unique<Links>(std::move(ports), crypto::SystemRandom().u64());
    hardware.steering = steering_of(*hardware.links, all);
    if (host->is_open()) {
        hardware.links->host =
            std::make_unique<HostDevice>(options.host_interface, std::move(*host), hardware.links->setups);
    }
    return hardware;
}

}  // namespace

Result<std::unique_ptr<Dataplane>, std::string> start_dpdk_dataplane(const Options& options) {
    auto hardware = open_hardware(options);
    if (!hardware) return Failure{hardware.error()};
    if (options.dpdk->has_clear_port())
        return std::unique_ptr<Dataplane>(std::make_unique<DpdkDataplane<DpdkClear>>(std::move(*hardware), options));
    return std::unique_ptr<Dataplane>(std::make_unique<DpdkDataplane<TunIo>>(std::move(*hardware), options));
}

}  // namespace esplane::dataplane
