#include "ike/core/mobike.h"

#include "ike/core/exchanges.h"

namespace esplane::ike {

namespace {

/// NAT detection comes along with every change of address, so the peer must know it. The selectors of transport mode
/// are the two addresses themselves.
bool may_move(const IkeSa& sa, const TunnelOptions& tunnel) {
    return tunnel.mobike && tunnel.mode == dataplane::Mode::kTunnel && sa.nat.supported;
}

}  // namespace

void put_mobike_offer(const IkeSa& sa, const TunnelOptions& tunnel, wire::Payloads& payloads) {
    if (may_move(sa, tunnel)) payloads.notifies.push_back(make_notify(wire::NotifyType::kMobikeSupported));
}

void take_mobike(IkeSa& sa, const TunnelOptions& tunnel, const wire::Payloads& theirs) {
    sa.mobility.agreed = may_move(sa, tunnel) && theirs.find(wire::NotifyType::kMobikeSupported) != nullptr;
}

void put_mobike_answer(const IkeSa& sa, wire::Payloads& payloads) {
    if (sa.mobility.agreed) payloads.notifies.push_back(make_notify(wire::NotifyType::kMobikeSupported));
}

/// RFC 4555 2.1: only the end that sent the first IKE_AUTH request says which addresses are used.
bool moves(const IkeSa& sa) {
    return sa.mobility.agreed && sa.we_authenticated_first;
}

bool follows(const IkeSa& sa) {
    return sa.mobility.agreed && !sa.we_authenticated_first;
}

bool follows_nat(const IkeSa& sa) {
    // Who decides where both ends are is not led elsewhere by what comes late from its former address.
    return sa.nat.remote_nat && !moves(sa);
}

bool is_address_update(const IkeSa& sa, const wire::Payloads& payloads) {
    return follows(sa) && payloads.find(wire::NotifyType::kUpdateSaAddresses) != nullptr;
}

void take_finding(IkeSa& sa, const TunnelOptions& tunnel, const NatFinding& finding) {
    if (!finding.supported) return;
    sa.nat = finding;
    sa.udp_encapsulation = finding.any() || tunnel.force_encap;
}

void keep_nat_open(Core& core, const IkeSa& sa) {
    if (!sa.nat.local_nat) return core.cancel(Timer::kKeepalive, sa);
    core.arm(Timer::kKeepalive, sa, core.options.keepalive_interval);
}

void move_children(Core& core, const IkeSa& sa) {
    for (const dataplane::ChildId id : sa.children) {
        ChildSa& child = *core.child(id);
        child.encapsulation = encapsulation_of(sa);
        core.emit(MoveChildPath{id, outer_path(sa), child.encapsulation});
    }
}

void add_nat_detection(Core& core, const IkeSa& sa, const Path& path, wire::Payloads& payloads) {
    const Tunnel* tunnel = core.tunnel_of(sa);
    const bool force_encap = tunnel != nullptr && tunnel->options.force_encap;
    for (wire::Notify& notify : nat_detection_notifies(sa.spi_i, sa.spi_r, path, force_encap, core.random))
        payloads.notifies.push_back(std::move(notify));
}

std::string esp_manner(const IkeSa& sa) {
    return sa.udp_encapsulation ? " with ESP in UDP" : "";
}

void inherit_mobility(Core& core, IkeSa& from, IkeSa& to) {
    if (!to.mobility.agreed) return;
    to.path = from.path;
    to.nat = from.nat;
    to.udp_encapsulation = from.udp_encapsulation;
    to.mobility = from.mobility;
    keep_nat_open(core, to);
    if (from.out.in_flight_as<AddressUpdate>() != nullptr) to.out.enqueue(UpdateAddresses{});
    if (to.mobility.proven) to.out.enqueue(CheckRoute{});
}

}  // namespace esplane::ike
