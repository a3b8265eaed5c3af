#include "dataplane/worker/sa_store.h"

#include <utility>
#include <vector>

namespace esplane::dataplane {

void SaStore::apply(AddTunnel& command) {
    TunnelState* tunnel = command.tunnel.get();
    policies_.add(tunnel);
    tunnels_[tunnel->policy.id] = std::move(command.tunnel);
}

void SaStore::apply(RemoveTunnel& command) {
    auto found = tunnels_.extract(command.tunnel);
    if (found.empty()) return;
    while (!found.mapped()->children.empty())
        retire(found.mapped()->children.back()->id);
    policies_.remove(found.mapped().get());
    events_.post(TunnelReturned{std::move(found.mapped())});
}

void SaStore::apply(Install& command) {
    ChildSa& child = *command.child;
    const auto tunnel = tunnels_.find(child.tunnel_id);
    const bool joins = tunnel != tunnels_.end() && child.join(*tunnel->second);
    if (!joins || !inbound_.insert(child.in.spi, &child)) {
        events_.post(Returned{child.id, std::move(command.child)});
        return;
    }
    const ChildId id = child.id;
    outbound_.emplace(child.out.spi, &child);
    child.tunnel->children.push_back(&child);
    children_[id] = std::move(command.child);
    events_.post(Installed{id});
    if (child.send_at_once) send_on(child);
}

void SaStore::apply(Activate& command) {
    ChildSa* child = find(command.child);
    if (child == nullptr) return;
    // It has had its turn: its first packet, if late, must not take it back from a successor.
    child->send_at_once = true;
    send_on(*child);
}

void SaStore::apply(Retire& command) {
    retire(command.child);
}

void SaStore::retire(ChildId id) {
    auto found = children_.extract(id);
    if (found.empty()) {
        events_.post(Returned{id, nullptr});
        return;
    }
    ChildSa& child = *found.mapped();
    inbound_.erase(child.in.spi);
    forget_outbound(child);
    std::erase(child.tunnel->children, &child);
    if (child.policy->sending == &child) child.policy->sending = nullptr;
    events_.post(Returned{id, std::move(found.mapped())});
}

void SaStore::apply(MovePath& command) {
    ChildSa* child = find(command.child);
    if (child == nullptr) return;
    child->out.outer = OuterPath(command.outer, command.encapsulation);
    resize(*child->tunnel);
}

void SaStore::apply(SetLinkMtu& command) {
    const auto tunnel = tunnels_.find(command.tunnel);
    if (tunnel == tunnels_.end()) return;
    tunnel->second->path_mtu.set_link(command.mtu_bytes);
    resize(*tunnel->second);
}

bool SaStore::apply(const TooBigReport& report, TimePoint now) {
    ChildSa* const child = find_outbound(report);
    if (child == nullptr) return false;
    TunnelState& tunnel = *child->tunnel;
    if (!tunnel.path_mtu.lower(report.mtu_bytes, report.outer.remote.address.family(), now)) return true;
    resize(tunnel);
    const auto expires = tunnel.path_mtu.expires();
    if (!wear_off_at_ || *expires < *wear_off_at_) wear_off_at_ = expires;
    return true;
}

void SaStore::wear_off(TimePoint now) {
    if (!wear_off_at_ || now < *wear_off_at_) [[likely]]
        return;
    wear_off_at_.reset();
    for (const auto& [id, tunnel] : tunnels_) {
        if (tunnel->path_mtu.wear_off(now)) resize(*tunnel);
        const auto expires = tunnel->path_mtu.expires();
        if (expires && (!wear_off_at_ || *expires < *wear_off_at_)) wear_off_at_ = expires;
    }
}

ChildSa* SaStore::find_outbound(const TooBigReport& report) {
    if (!report.spi) return nullptr;
    const auto [begin, end] = outbound_.equal_range(*report.spi);
    for (auto at = begin; at != end; ++at) {
        const OuterPath& outer = at->second->out.outer;
        if (outer.path.remote.address == report.outer.remote.address && outer.encapsulation == report.encapsulation)
            return at->second;
    }
    return nullptr;
}

void SaStore::forget_outbound(const ChildSa& child) {
    const auto [begin, end] = outbound_.equal_range(child.out.spi);
    for (auto at = begin; at != end; ++at) {
        if (at->second != &child) continue;
        outbound_.erase(at);
        return;
    }
}

void SaStore::send_on(ChildSa& child) {
    child.policy->sending = &child;
    tell_sizes(*child.tunnel);
}

void SaStore::resize(TunnelState& tunnel) {
    for (ChildSa* const child : tunnel.children)
        child->resize();
    tell_sizes(tunnel);
}

void SaStore::tell_sizes(TunnelState& tunnel) {
    std::optional<InnerSizes> least;
    for (const Policy& policy : tunnel.policies) {
        if (policy.sending == nullptr) continue;
        if (!least || policy.sending->out.sizes.mtu < least->mtu) least = policy.sending->out.sizes;
    }
    if (!least || *least == tunnel.sizes_told) return;
    tunnel.sizes_told = *least;
    events_.post(Resized{.tunnel = tunnel.policy.id,
                         .sizes = *least,
                         .path_mtu_bytes = tunnel.path_mtu.bytes(),
                         .reported = tunnel.path_mtu.is_lowered()});
}

void SaStore::heard(ChildSa& child) {
    child.in.heard = true;
    // Only a responder's new SA waits to be heard of; one that was sent on at once may be the tunnel's previous by now.
    if (!child.send_at_once) send_on(child);
    events_.post(FirstInbound{child.id});
}

ChildSa* SaStore::find(ChildId id) {
    const auto found = children_.find(id);
    return found == children_.end() ? nullptr : found->second.get();
}

}  // namespace esplane::dataplane
