// What `status` shows, made from the tables.

#include <algorithm>

#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

const char* phase_name(ChildPhase phase) {
    switch (phase) {
        case ChildPhase::kInstalling:
            return "installing";
        case ChildPhase::kInstalled:
            return "installed";
        case ChildPhase::kRekeying:
        case ChildPhase::kReplaced:
            return "rekeying";
        case ChildPhase::kDeleting:
        case ChildPhase::kRetiring:
            break;
    }
    return "retiring";
}

IkeStatus ike_status(const IkeSa& sa, const Established& state) {
    IkeStatus status;
    status.spi_i = sa.spi_i;
    status.spi_r = sa.spi_r;
    status.initiator = sa.initiator;
    status.suite = sa.suite;
    status.established_at = state.since;
    status.rekey_at = state.rekey_at;
    status.local_nat = sa.nat.local_nat;
    status.remote_nat = sa.nat.remote_nat;
    status.ppk = sa.ppk_mixed_in;
    return status;
}

/// The only one that is not named has the tunnel's name.
std::string name_of(const Tunnel& tunnel, std::uint32_t policy) {
    const std::string& name = tunnel.child(policy).name;
    return name.empty() ? tunnel.name() : name;
}

ChildStatus child_status(const Tunnel& tunnel, const ChildSa& child) {
    ChildStatus status;
    status.id = child.id;
    status.name = name_of(tunnel, child.policy);
    status.spi_in = child.spi_in.spi();
    status.spi_out = child.spi_out;
    status.suite = child.suite;
    status.selectors = child.selectors;
    status.mode = child.mode;
    status.encapsulation = child.encapsulation;
    status.state = phase_name(child.phase);
    status.established_at = child.created_at;
    status.rekey_at = child.rekey_at;
    return status;
}

/// The tunnel's own before those of its policies: without an IKE SA there is nothing to say of these.
std::optional<LastError> last_error_of(const Tunnel& tunnel) {
    if (tunnel.last_error) return tunnel.last_error;
    for (const PolicyState& state : tunnel.policies) {
        if (state.last_error) return state.last_error;
    }
    return std::nullopt;
}

void add_ike(const Core& core, const Tunnel& tunnel, TunnelStatus& status) {
    for (const IkeSpi spi : tunnel.ike_sas) {
        const IkeSa& sa = *core.ike_sas.at(to_number(spi));
        status.peer = sa.path.remote;
        if (sa.is<Connecting>()) status.state = TunnelState::kConnecting;
        const auto* established = std::get_if<Established>(&sa.state);
        if (established == nullptr) continue;
        status.ike = ike_status(sa, *established);
        if (sa.peer_id) status.peer_id = sa.shown_name();
    }
}

/// It is established as soon as one of its peers is there.
void add_pool(const Tunnel& tunnel, TunnelStatus& status) {
    status.pool = {tunnel.options.pool->addresses, tunnel.pool->size(), tunnel.pool->in_use()};
    if (!tunnel.peers.empty()) status.state = TunnelState::kEstablished;
}

}  // namespace

std::vector<TunnelStatus> status_of(const Core& core) {
    std::vector<TunnelStatus> all;
    for (const auto& [id, tunnel] : core.tunnels.all()) {
        TunnelStatus status;
        status.name = tunnel.name();
        status.id = id;
        status.peer_id = tunnel.options.remote_id.to_string();
        status.last_error = last_error_of(tunnel);
        if (tunnel.options.remote_address)
            status.peer = Endpoint{*tunnel.options.remote_address, core.options.ike_port};
        add_ike(core, tunnel, status);
        for (const ChildSa* child : core.children_of(id)) {
            status.children.push_back(child_status(tunnel, *child));
            if (!child->in_use()) continue;
            const bool works = child->installed;
            if (works) status.state = TunnelState::kEstablished;
            if (!works && status.state == TunnelState::kDown) status.state = TunnelState::kConnecting;
        }
        if (tunnel.pool) add_pool(tunnel, status);
        status.virtual_addresses = tunnel.assigned.addresses;
        status.dns = tunnel.assigned.dns;
        if (tunnel.instance) {
            status.instance_of = tunnel.instance->of;
            status.virtual_addresses = tunnel.instance->addresses;
        }
        const std::vector<bool> served = served_policies(core, tunnel);
        for (std::uint32_t policy = 0; policy < served.size(); ++policy) {
            if (!served[policy] && !tunnel.pool) status.missing.push_back(name_of(tunnel, policy));
        }
        all.push_back(std::move(status));
    }
    return all;
}

}  // namespace esplane::ike
