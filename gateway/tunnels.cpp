#include "gateway/tunnels.h"

#include <algorithm>
#include <utility>

#include "gateway/log.h"

namespace esplane::gateway {
namespace {

constexpr std::chrono::seconds kLookAroundInterval{10};
// An address comes with routes, and a move is an address that goes and one that comes.
constexpr std::chrono::milliseconds kSettleTime{50};
// A routing daemon may change the host's routes all the time: at most a tenth of the thread's time goes into looking.
constexpr int kRestFactor = 9;
constexpr std::uint32_t kUsualMtu = 1500;

dataplane::TunnelPolicy policy_of(const TunnelOptions& options, dataplane::TunnelId id, dataplane::ClearPort port,
                                  std::uint32_t link_mtu) {
    const bool traps =
        options.ike.start == ike::StartMode::kOnDemand || options.ike.dpd.action == ike::DpdAction::kTrap;
    std::vector<dataplane::SelectorPair> policies;
    // With a pool each peer has its own: an address that nobody has is nobody's, and one of a /32 is not the pool's.
    for (const ike::ChildPolicy& child : options.ike.pool ? std::vector<ike::ChildPolicy>() : options.ike.children)
        policies.push_back(child.selectors);
    return {.id = id,
            .name = options.ike.name,
            .port = port,
            .policies = std::move(policies),
            .acquire = traps,
            .link_mtu_bytes = link_mtu,
            .mtu_bytes = options.mtu_bytes.value_or(0),
            .mss_bytes = options.mss_bytes.value_or(0),
            .fragment = options.fragment,
            .df = options.df,
            .dscp = options.dscp,
            .pad_to_mtu = options.tfc_to_mtu};
}

ike::LastError no_route(const TunnelOptions& options, const std::string& why) {
    const std::string& name = options.ike.name;
    return {"no_route_to_peer", "Tunnel " + name + ": this host knows " + why +
                                    ". Add a route to the peer, or write the address to negotiate from as tunnels." +
                                    name + ".local.address. It is tried again every " +
                                    std::to_string(kLookAroundInterval.count()) + " s."};
}

/// Only who writes allow_insecure comes this far.
void warn_of_insecure(const TunnelOptions& options) {
    for (const ike::EspProposal& proposal : options.ike.esp_proposals) {
        if (ike::encrypts(proposal)) continue;
        log_happened({ike::Severity::kWarning, options.ike.name, "insecure",
                      "Tunnel " + options.ike.name + ": tunnels." + options.ike.name + ".esp.proposals has " +
                          to_string(proposal) +
                          ", which does not encrypt: everybody on the way may read its packets. "
                          "It is for tests only (gateway.allow_insecure)."});
    }
}

}  // namespace

TunnelRoutes routes_of(const TunnelOptions& tunnel, std::uint32_t mtu) {
    return {.tunnel = tunnel.ike.name,
            .device = tunnel.interface,
            .local = tunnel.local_prefixes,
            .remote = tunnel.remote_prefixes,
            .mtu_bytes = mtu};
}

Tunnels::Tunnels(ike::EventLoop& loop, Parts parts)
    : parts_(parts), instances_(parts.dataplane), look_around_timer_(loop, [this] { look_around(); }) {
    look_around_timer_.set_after(kLookAroundInterval);
}

std::vector<std::string> Tunnels::names() const {
    std::vector<std::string> result;
    for (const auto& [name, tunnel] : tunnels_)
        result.push_back(name);
    return result;
}

Result<void, std::string> Tunnels::set(const TunnelOptions& options) {
    const auto found = tunnels_.find(options.ike.name);
    if (found == tunnels_.end()) {
        Tunnel& tunnel = tunnels_[options.ike.name];
        tunnel.options = options;
        return begin(tunnel);
    }
    Tunnel& tunnel = found->second;
    tunnel.next = options;
    auto routed = route(options, route_mtu(options, tunnel.sizes.mtu));
    if (!tunnel.leaving) leave(tunnel);
    return routed;
}

void Tunnels::remove(const std::string& name) {
    const auto found = tunnels_.find(name);
    if (found == tunnels_.end()) return;
    found->second.next.reset();
    if (!found->second.leaving) leave(found->second);
}

Result<void, std::string> Tunnels::route(const TunnelOptions& options, std::uint32_t mtu) {
    return options.routes ? parts_.surroundings.lay(routes_of(options, mtu))
                          : parts_.surroundings.remove_routes(options.ike.name);
}

Result<void, std::string> Tunnels::begin(Tunnel& tunnel) {
    const TunnelOptions& options = tunnel.options;
    const auto failed = [&](const std::string& why) {
        tunnel.problem = ike::LastError{"interface_failed", "Tunnel " + options.ike.name + ": " + why};
        return Failure{tunnel.problem->message};
    };
    warn_of_insecure(options);
    tunnel.id = dataplane::TunnelId{++last_id_};
    find_path(tunnel);
    tunnel.sizes = sizes_beforehand(options, tunnel.link_mtu);
    const std::uint32_t mtu = route_mtu(options, tunnel.sizes.mtu);
    const auto port = parts_.surroundings.acquire(options.interface, mtu);
    if (!port) return failed(port.error());
    if (auto routed = route(options, mtu); !routed) {
        parts_.surroundings.release(options.interface);
        return failed(routed.error());
    }
    tunnel.has_device = true;
    tunnel.port = *port;
    by_id_[tunnel.id] = &tunnel;
    tunnel.worker = parts_.dataplane.add_tunnel(policy_of(options, tunnel.id, *port, tunnel.link_mtu));
    if (tunnel.problem) {
        log_happened({ike::Severity::kError, options.ike.name, tunnel.problem->code, tunnel.problem->message});
    } else {
        negotiate(tunnel);
    }
    return {};
}

/// Fills in `link_mtu`, as far as it can be known, and `local` or `problem`.
void Tunnels::find_path(Tunnel& tunnel) {
    const ike::TunnelOptions& options = tunnel.options.ike;
    tunnel.local = options.local_address;
    tunnel.problem.reset();
    tunnel.link_mtu = kUsualMtu;
    if (!options.remote_address) return;
    const auto path = parts_.surroundings.find_path(*options.remote_address);
    if (path && !tunnel.local) tunnel.local = path->local;
    if (!tunnel.local) tunnel.problem = no_route(tunnel.options, path.error());
    if (path) tunnel.link_mtu = path->mtu;
}

void Tunnels::negotiate(Tunnel& tunnel) {
    ike::TunnelOptions options = tunnel.options.ike;
    options.id = tunnel.id;
    options.worker = tunnel.worker;
    options.local_address = tunnel.local;
    tunnel.negotiates = true;
    parts_.runtime.command(ike::AddTunnel{options}, [this, name = options.name](const ike::CommandDone& done) {
        const auto found = tunnels_.find(name);
        if (done.ok || found == tunnels_.end()) return;
        log_happened({ike::Severity::kError, name, done.code, done.message});
        found->second.negotiates = false;
        found->second.problem = ike::LastError{done.code, done.message};
    });
}

void Tunnels::leave(Tunnel& tunnel) {
    const std::string name = tunnel.options.ike.name;
    if (!tunnel.negotiates) return left(name);
    tunnel.leaving = true;
    parts_.runtime.command(ike::RemoveTunnel{name}, [this, name](const ike::CommandDone&) { left(name); });
}

void Tunnels::left(const std::string& name) {
    Tunnel& tunnel = tunnels_.at(name);
    const std::string device = tunnel.has_device ? tunnel.options.interface : std::string();
    parts_.dataplane.remove_tunnel(tunnel.id);
    instances_.forget(tunnel.id);
    by_id_.erase(tunnel.id);
    parts_.runtime.traffic().forget(tunnel.id);
    tunnel.negotiates = tunnel.leaving = tunnel.has_device = false;
    const bool keeps_addresses = tunnel.next && tunnel.next->ike.virtual_address;
    // If the device is closed, they go with it.
    if (!keeps_addresses) (void)parts_.surroundings.use_addresses(name, {}, {});
    if (tunnel.next) {
        tunnel.options = *std::exchange(tunnel.next, std::nullopt);
        if (const auto begun = begin(tunnel); !begun) log_error(begun.error());
    } else {
        if (const auto removed = parts_.surroundings.remove_routes(name); !removed)
            log_error("Tunnel " + name + ": " + removed.error());
        tunnels_.erase(name);
    }
    // Last, so that a device which the new options want again is not closed in between.
    if (!device.empty()) parts_.surroundings.release(device);
}

/// What kept a tunnel from the engine may be gone by now.
void Tunnels::try_again(Tunnel& tunnel) {
    if (tunnel.negotiates || tunnel.leaving) return;
    if (!tunnel.has_device) {
        (void)begin(tunnel);  // told when it happened first
    } else if (!tunnel.local) {
        find_path(tunnel);
        if (!tunnel.problem) negotiate(tunnel);
    }
    if (tunnel.negotiates) log_info("Tunnel " + tunnel.options.ike.name + ": what it lacked is there now; negotiates.");
}

void Tunnels::network_changed() {
    if (std::exchange(looks_soon_, true)) return;
    look_around_timer_.set(std::max(ike::EventLoop::now() + kSettleTime, rested_at_));
}

void Tunnels::look_around() {
    const auto began_at = ike::EventLoop::now();
    looks_soon_ = false;
    for (auto& [name, tunnel] : tunnels_) {
        try_again(tunnel);
        follow_path(tunnel);
    }
    rested_at_ = ike::EventLoop::now() + kRestFactor * (ike::EventLoop::now() - began_at);
    look_around_timer_.set(std::max(began_at + kLookAroundInterval, rested_at_));
}

/// The link towards the peer may change, and the host's own address, where none is written.
void Tunnels::follow_path(Tunnel& tunnel) {
    const ike::TunnelOptions& options = tunnel.options.ike;
    if (!tunnel.negotiates || tunnel.leaving || !options.remote_address) return;
    const auto path = parts_.surroundings.find_path(*options.remote_address);
    if (!path) return;  // no route just now says nothing of the address
    follow_link(tunnel, path->mtu);
    if (options.local_address || tunnel.local == path->local) return;
    log_info("Tunnel " + options.name + ": the way to the peer leaves from " + path->local.to_string() +
             " now, no longer from " + tunnel.local->to_string() + ".");
    move(tunnel, path->local);
}

/// With its SAs, where the peer lets it (RFC 4555); otherwise it is negotiated anew.
void Tunnels::move(Tunnel& tunnel, const IpAddress& to) {
    const std::string& name = tunnel.options.ike.name;
    tunnel.local = to;
    parts_.runtime.command(ike::MoveTunnel{name, to}, [this, name, id = tunnel.id](const ike::CommandDone& done) {
        const auto found = tunnels_.find(name);
        if (done.ok || found == tunnels_.end() || found->second.id != id || found->second.leaving) return;
        log_warning(done.message + " It is negotiated anew.");
        found->second.next = found->second.options;
        leave(found->second);
    });
}

void Tunnels::follow_link(Tunnel& tunnel, std::uint32_t mtu) {
    if (tunnel.link_mtu == mtu) return;
    log_info("Tunnel " + tunnel.options.ike.name + ": the link towards the peer has an MTU of " + std::to_string(mtu) +
             " now, no longer of " + std::to_string(tunnel.link_mtu) + ".");
    tunnel.link_mtu = mtu;
    parts_.dataplane.set_link_mtu(tunnel.id, mtu);
}

Tunnels::Tunnel* Tunnels::find(dataplane::TunnelId id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

void Tunnels::add_instance(const ike::AddInstance& instance) {
    const Tunnel* tunnel = find(instance.of);
    if (tunnel == nullptr) return;
    dataplane::TunnelPolicy policy = policy_of(tunnel->options, instance.id, tunnel->port, tunnel->link_mtu);
    policy.name = instance.name;
    policy.worker = instance.worker;
    policy.policies = {instance.selectors};
    policy.acquire = false;
    instances_.add(instance.of, policy);
}

void Tunnels::use_addresses(const ike::UseVirtualAddresses& use) {
    Tunnel* tunnel = find(use.tunnel);
    if (tunnel == nullptr || !tunnel->has_device) return;
    const std::string& name = tunnel->options.ike.name;
    if (auto done = parts_.surroundings.use_addresses(name, tunnel->options.interface, use.addresses); !done)
        log_error("Tunnel " + name + ": " + done.error());
}

void Tunnels::resized(const dataplane::Resized& event) {
    // The routes are those of all peers of a pool: what one of them cannot take, the workers tell the senders.
    if (instances_.resized(event)) return;
    Tunnel* found = find(event.tunnel);
    if (found == nullptr || found->leaving || !found->has_device) return;
    Tunnel& tunnel = *found;
    const std::string& name = tunnel.options.ike.name;
    if (event.reported && event.sizes.mtu < tunnel.sizes.mtu) {
        log_warning("Tunnel " + name + ": a router on the way to the peer carries " +
                    std::to_string(event.path_mtu_bytes) + " octets at most, as it says by ICMP; the tunnel's MTU is " +
                    std::to_string(event.sizes.mtu) + " for ten minutes, no longer " +
                    std::to_string(tunnel.sizes.mtu) + ".");
    }
    tunnel.sizes = event.sizes;
    const std::uint32_t mtu = route_mtu(tunnel.options, event.sizes.mtu);
    auto done = parts_.surroundings.make_room(tunnel.options.interface, mtu);
    if (done) done = route(tunnel.options, mtu);
    if (!done) log_error("Tunnel " + name + ": " + done.error());
}

void Tunnels::command(const std::string& name, decltype(ike::Command::what) what, ike::Runtime::WhenDone when_done) {
    Tunnel& tunnel = tunnels_.at(name);
    if (tunnel.leaving) {
        when_done({.ok = false, .code = "changing", .message = "Tunnel " + name + " is being changed; try again."});
        return;
    }
    try_again(tunnel);
    if (tunnel.problem) {
        when_done({.ok = false, .code = tunnel.problem->code, .message = tunnel.problem->message});
        return;
    }
    parts_.runtime.command(std::move(what), std::move(when_done));
}

}  // namespace esplane::gateway
