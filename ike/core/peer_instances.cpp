// A configured tunnel with a pool as the pattern of many: each authenticated peer gets its addresses, and a tunnel of
// its own that carries them alone (RFC 7296 2.19). Whatever holds of a tunnel holds of it: rekeys, doubles, liveness.

#include "ike/core/configuration.h"
#include "ike/core/diagnosis.h"
#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

bool has_family(const Pool& pool, Family family) {
    for (const IpAddress& address : pool.addresses_of(0)) {
        if (address.family() == family) return true;
    }
    return false;
}

TunnelOptions options_for(Core& core, const Tunnel& configured, const std::string& peer, Pool::Place place) {
    TunnelOptions options = configured.options;
    options.id = core.fresh_instance_id();
    options.name = configured.name() + "/" + peer;
    options.worker = dataplane::WorkerId{static_cast<std::uint8_t>(place % core.options.workers)};
    options.pool.reset();
    options.start = StartMode::kListen;
    options.children.front().selectors.remote = host_selectors(configured.pool->addresses_of(place));
    return options;
}

Tunnel& make_instance(Core& core, Tunnel& configured, const std::string& peer, Pool::Place place) {
    TunnelOptions options = options_for(core, configured, peer, place);
    core.emit(
        AddInstance{options.id, configured.id(), options.name, options.worker, options.children.front().selectors});
    configured.peers.emplace(peer, options.id);
    return *core.tunnels.add_instance(std::move(options),
                                      {configured.id(), peer, place, configured.pool->addresses_of(place)});
}

void drop_instance(Core& core, Tunnel& tunnel) {
    const Instance& instance = *tunnel.instance;
    forget_children(core, tunnel.id());
    want_nothing(core, tunnel);
    core.timers.cancel({Timer::kTunnelRetry, dataplane::to_number(tunnel.id())});
    if (Tunnel* configured = core.tunnels.find(instance.of)) {
        configured->pool->release(instance.place);
        configured->peers.erase(instance.peer);
    }
    core.emit(RemoveInstance{tunnel.id()});
    core.tunnels.remove(tunnel.id());
}

}  // namespace

PeerPlace place_peer(Core& core, Tunnel& configured, const IkeSa& sa, const wire::Payloads& request) {
    if (!configured.pool) return {&configured, std::nullopt};
    const IpAddress& from = sa.path.remote.address;
    const std::string peer = sa.peer_name();
    const AddressRequest asked = read_request(request);
    const bool fits = (asked.ipv4 && has_family(*configured.pool, Family::kIpv4)) ||
                      (asked.ipv6 && has_family(*configured.pool, Family::kIpv6));
    if (!fits) {
        return {&configured, Refusal{wire::NotifyType::kFailedCpRequired,
                                     diagnosis::no_address_asked(configured.options, from, peer),
                                     {}}};
    }
    if (Tunnel* known = find_instance(core, configured, peer)) return {known, std::nullopt};
    const auto place = configured.pool->lease(peer, asked.wishes);
    if (!place) {
        return {&configured, Refusal{wire::NotifyType::kInternalAddressFailure,
                                     diagnosis::pool_exhausted(configured.options, from, peer, configured.pool->size()),
                                     {}}};
    }
    // As with any tunnel: the last error is of the time since something worked.
    configured.last_error.reset();
    return {&make_instance(core, configured, peer, *place), std::nullopt};
}

void put_assignment(Core& core, const Tunnel& tunnel, const wire::Payloads& request, wire::Payloads& reply) {
    const Tunnel* configured = tunnel.instance ? core.tunnels.find(tunnel.instance->of) : nullptr;
    if (configured == nullptr) return;
    reply.configuration = make_reply(read_request(request), {tunnel.instance->addresses, configured->options.pool->dns,
                                                             tunnel.child(0).selectors.local});
}

Tunnel* find_instance(Core& core, const Tunnel& configured, const std::string& peer) {
    const auto known = configured.peers.find(peer);
    return known == configured.peers.end() ? nullptr : core.tunnels.find(known->second);
}

std::vector<Tunnel*> instances_of(Core& core, const Tunnel& configured) {
    std::vector<Tunnel*> instances;
    for (const auto& [peer, id] : configured.peers)
        instances.push_back(core.tunnels.find(id));
    return instances;
}

void drop_left_instances(Core& core) {
    for (const dataplane::TunnelId id : std::exchange(core.left_instances, {})) {
        Tunnel* tunnel = core.tunnels.find(id);
        if (tunnel != nullptr && tunnel->ike_sas.empty()) drop_instance(core, *tunnel);
    }
}

}  // namespace esplane::ike
