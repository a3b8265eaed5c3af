#include "dataplane/tun_dataplane.h"

#include <pthread.h>
#include <sched.h>

#include <array>
#include <utility>

#include "dataplane/pipeline/classify.h"

namespace esplane::dataplane {
namespace {

DropCounts to_counts(const DropCounters& counters) {
    DropCounts counts;
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
        const auto reason = static_cast<DropReason>(i);
        if (const std::uint64_t count = counters.read(reason)) counts.emplace_back(name(reason), count);
    }
    return counts;
}

bool pin(std::thread& thread, int cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(static_cast<unsigned>(cpu), &cpus);
    return pthread_setaffinity_np(thread.native_handle(), sizeof cpus, &cpus) == 0;
}

}  // namespace

TunDataplane::TunDataplane(CipherSockets sockets, int cpu)
    : sockets_(std::move(sockets)),
      cpu_(cpu),
      commands_(mailbox_.commands, mailbox_.to_worker),
      tun_(waiter_),
      udp_esp_(sockets_, waiter_),
      worker_(tun_, udp_esp_, waiter_, mailbox_) {
    thread_ = std::thread([this] { worker_.run(); });
    pthread_setname_np(thread_.native_handle(), "worker-0");
    if (cpu_ >= 0 && !pin(thread_, cpu_)) cpu_ = -1;
}

TunDataplane::~TunDataplane() {
    mailbox_.stop.store(true, std::memory_order_release);
    mailbox_.to_worker.ring();
    thread_.join();
}

Result<void, std::string> TunDataplane::open_port(const ClearPortOptions& port) {
    auto device = open_tun(port.device, 1);
    if (!device) return Failure{device.error()};
    const int descriptor = device->queues.front().get();
    devices_[port.port] = std::move(device->queues.front());
    submit(OpenPort{port.port, descriptor, device->offload});
    return {};
}

void TunDataplane::close_port(ClearPort port) {
    auto device = devices_.extract(port);
    if (device.empty()) return;
    const int descriptor = device.mapped().get();
    closing_.emplace(port, std::move(device.mapped()));
    submit(ClosePort{port, descriptor});
}

void TunDataplane::add_tunnel(const TunnelPolicy& policy) {
    auto tunnel = std::make_unique<TunnelState>(policy);
    tunnels_[policy.id] = tunnel.get();
    submit(AddTunnel{std::move(tunnel)});
}

void TunDataplane::remove_tunnel(TunnelId tunnel) {
    submit(RemoveTunnel{tunnel});
}

void TunDataplane::install(ChildOptions child) {
    auto made = std::make_unique<ChildSa>(std::move(child));
    children_[made->id] = made.get();
    submit(Install{std::move(made)});
}

void TunDataplane::activate(ChildId child) {
    submit(Activate{child});
}

void TunDataplane::retire(ChildId child) {
    submit(Retire{child});
}

void TunDataplane::move_path(ChildId child, const Path& outer, Encapsulation encapsulation) {
    submit(MovePath{child, outer, encapsulation});
}

void TunDataplane::set_link_mtu(TunnelId tunnel, std::uint32_t mtu_bytes) {
    submit(SetLinkMtu{tunnel, mtu_bytes});
}

void TunDataplane::submit(Command command) {
    commands_.post(std::move(command));
    commands_.deliver();
}

std::optional<Event> TunDataplane::poll_event() {
    while (true) {
        auto event = mailbox_.events.pop();
        if (!event) {
            // Silence first, then look again, at both rings: what comes between rings anew.
            mailbox_.to_control.silence();
            commands_.deliver();
            event = mailbox_.events.pop();
        }
        if (!event || is_for_caller(*event)) return event;
    }
}

bool TunDataplane::is_for_caller(const Event& event) {
    if (const auto* returned = std::get_if<Returned>(&event)) {
        children_.erase(returned->id);
        return false;
    }
    if (const auto* returned = std::get_if<TunnelReturned>(&event)) {
        const auto known = tunnels_.find(returned->tunnel->policy.id);
        if (known != tunnels_.end() && known->second == returned->tunnel.get()) tunnels_.erase(known);
        return false;
    }
    if (const auto* closed = std::get_if<PortClosed>(&event)) {
        if (const auto closing = closing_.find(closed->port); closing != closing_.end()) closing_.erase(closing);
        return false;
    }
    return true;
}

void TunDataplane::send_ike(const Path& path, ByteView datagram) {
    static constexpr std::array<std::uint8_t, kNonEspMarker> kMarker{};
    sockets_.send_udp(path, kMarker, datagram);
}

void TunDataplane::send_keepalive(const Path& path) {
    static constexpr std::array<std::uint8_t, 1> kOctet{kKeepalive};
    sockets_.send_udp(path, kOctet, {});
}

std::optional<ChildCounters> TunDataplane::counters(ChildId child) const {
    const auto found = children_.find(child);
    if (found == children_.end()) return std::nullopt;
    const ChildSa& sa = *found->second;
    return ChildCounters{.packets_in = sa.in.volume.packets.read(),
                         .bytes_in = sa.in.volume.bytes.read(),
                         .packets_out = sa.out.volume.packets.read(),
                         .bytes_out = sa.out.volume.bytes.read()};
}

DropCounts TunDataplane::drops(ChildId child) const {
    const auto found = children_.find(child);
    return found == children_.end() ? DropCounts{} : to_counts(found->second->drops);
}

DropCounts TunDataplane::drops(TunnelId tunnel) const {
    const auto found = tunnels_.find(tunnel);
    return found == tunnels_.end() ? DropCounts{} : to_counts(found->second->drops);
}

std::vector<WorkerStatus> TunDataplane::workers() const {
    return {{.id = 0, .cpu = cpu_, .packets = mailbox_.packets.read(), .drops = to_counts(mailbox_.drops)}};
}

Result<std::unique_ptr<Dataplane>, std::string> start_tun_dataplane(const Options& options) {
    auto sockets = CipherSockets::open(options);
    if (!sockets) return Failure{sockets.error()};
    const int cpu = options.cpus.empty() ? -1 : options.cpus.front();
    return std::unique_ptr<Dataplane>(std::make_unique<TunDataplane>(std::move(sockets).value(), cpu));
}

}  // namespace esplane::dataplane
