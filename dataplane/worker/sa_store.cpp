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
    std::vector<ChildId> left;
    for (const auto& [id, child] : children_) {
        if (child->tunnel_id == command.tunnel) left.push_back(id);
    }
    for (const ChildId id : left)
        retire(id);
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
    if (child.send_at_once) child.policy->sending = &child;
    const ChildId id = child.id;
    children_[id] = std::move(command.child);
    events_.post(Installed{id});
}

void SaStore::apply(Activate& command) {
    ChildSa* child = find(command.child);
    if (child == nullptr) return;
    child->policy->sending = child;
    child->send_at_once =
        true;  // it has had its turn: its first packet, if late, must not take it back from a successor
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
    if (child.policy->sending == &child) child.policy->sending = nullptr;
    events_.post(Returned{id, std::move(found.mapped())});
}

void SaStore::apply(MovePath& command) {
    ChildSa* child = find(command.child);
    if (child == nullptr) return;
    child->out.path = command.outer;
    child->out.encapsulation = command.encapsulation;
}

void SaStore::heard(ChildSa& child) {
    child.in.heard = true;
    // Only a responder's new SA waits to be heard of; one that was sent on at once may be the tunnel's previous by now.
    if (!child.send_at_once) child.policy->sending = &child;
    events_.post(FirstInbound{child.id});
}

ChildSa* SaStore::find(ChildId id) {
    const auto found = children_.find(id);
    return found == children_.end() ? nullptr : found->second.get();
}

}  // namespace esplane::dataplane
